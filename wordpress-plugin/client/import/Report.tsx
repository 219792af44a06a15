/** What an import does or did, in plain words. */
import { createElement, Fragment } from '@wordpress/element';
import { __, sprintf } from '@wordpress/i18n';

import { href } from '../contact/router';
import { formatNumber } from '../core/number';
import type { Import } from './api';
import { rejectLabel, rowCount } from './words';

export function Report( { item, isDry }: { item: Import; isDry: boolean } ) {
	const { report } = item;
	const facts: [ string, number, string ][] = [
		[ __( 'New contacts', 'nxt-cloud-chat' ), item.added, 'is-good' ],
		[ isDry ? __( 'Would be changed', 'nxt-cloud-chat' ) : __( 'Changed', 'nxt-cloud-chat' ), item.changed, '' ],
		[ __( 'Stay as they are', 'nxt-cloud-chat' ), item.unchanged, '' ],
		[ __( 'Rows left out', 'nxt-cloud-chat' ), item.rejected, item.rejected > 0 ? 'is-warn' : '' ],
	];
	const rejects = Object.entries( report?.rejects ?? {} ).sort( ( a, b ) => b[ 1 ] - a[ 1 ] );
	const consents = report?.consents;
	return (
		<Fragment>
			<dl className="nxtchat-facts nxtchat-report">
				{ facts.map( ( [ label, value, kind ] ) => (
					<div key={ label } className={ kind }>
						<dt>{ label }</dt>
						<dd>{ formatNumber( value ) }</dd>
					</div>
				) ) }
			</dl>
			{ consents && consents.granted + consents.revoked + consents.withheld > 0 && (
				<ul className="ul-disc">
					{ consents.granted > 0 && <li>{ sprintf( /* translators: %s: a number */ __( 'Consent noted: %s.', 'nxt-cloud-chat' ), formatNumber( consents.granted ) ) }</li> }
					{ consents.revoked > 0 && <li>{ sprintf( /* translators: %s: a number */ __( 'Unsubscribed, because the list says no: %s. Only they themselves can change that, by writing START.', 'nxt-cloud-chat' ), formatNumber( consents.revoked ) ) }</li> }
					{ consents.withheld > 0 && (
						<li>{ sprintf( /* translators: %s: a number */ __( 'Stay unsubscribed although the list says otherwise, because they told you to stop: %s.', 'nxt-cloud-chat' ), formatNumber( consents.withheld ) ) }</li>
					) }
				</ul>
			) }
			{ report?.new_groups && report.new_groups.length > 0 && (
				<p>
					{ isDry ? __( 'New groups will be made:', 'nxt-cloud-chat' ) : __( 'New groups:', 'nxt-cloud-chat' ) } { report.new_groups.join( ', ' ) }
				</p>
			) }
			{ rejects.length > 0 && (
				<section className="nxtchat-report__rejects" aria-labelledby="nxtchat-rejects">
					<h3 id="nxtchat-rejects">{ isDry ? __( 'Why rows are left out', 'nxt-cloud-chat' ) : __( 'Why rows were left out', 'nxt-cloud-chat' ) }</h3>
					<ul className="ul-disc">
						{ rejects.map( ( [ code, count ] ) => (
							<li key={ code }>
								{ sprintf( /* translators: 1: "12 rows", 2: a reason */ __( '%1$s: %2$s', 'nxt-cloud-chat' ), rowCount( count ), rejectLabel( code ) ) }
							</li>
						) ) }
					</ul>
					{ ( report?.reject_examples ?? [] ).length > 0 && (
						<details>
							<summary>{ __( 'Examples', 'nxt-cloud-chat' ) }</summary>
							<table className="widefat striped">
								<thead>
									<tr>
										<th scope="col">{ __( 'Line', 'nxt-cloud-chat' ) }</th>
										<th scope="col">{ __( 'There stands', 'nxt-cloud-chat' ) }</th>
										<th scope="col">{ __( 'Why', 'nxt-cloud-chat' ) }</th>
									</tr>
								</thead>
								<tbody>
									{ report?.reject_examples?.map( ( example, index ) => (
										<tr key={ index }>
											<td>{ example.line }</td>
											<td dir="auto">{ example.value || __( '(empty)', 'nxt-cloud-chat' ) }</td>
											<td>{ example.message }</td>
										</tr>
									) ) }
								</tbody>
							</table>
						</details>
					) }
				</section>
			) }
			{ report?.changed_examples && report.changed_examples.length > 0 && (
				<details>
					<summary>{ __( 'Examples of changes', 'nxt-cloud-chat' ) }</summary>
					<table className="widefat striped">
						<thead>
							<tr>
								<th scope="col">{ __( 'Contact', 'nxt-cloud-chat' ) }</th>
								<th scope="col">{ __( 'Before', 'nxt-cloud-chat' ) }</th>
								<th scope="col">{ __( 'After', 'nxt-cloud-chat' ) }</th>
							</tr>
						</thead>
						<tbody>
							{ report.changed_examples.map( ( example ) => (
								<tr key={ example.contact_id }>
									<th scope="row">
										<a href={ href( 'contacts', example.contact_id ) }>{ example.name }</a>
									</th>
									<td dir="auto">{ values( example.before ) }</td>
									<td dir="auto">{ values( example.after ) }</td>
								</tr>
							) ) }
						</tbody>
					</table>
				</details>
			) }
		</Fragment>
	);
}

/** {name: 'Ann', fields: {city: 'Kiel'}} → "Ann, Kiel". */
const values = ( of: Record< string, unknown > ): string =>
	Object.values( of )
		.flatMap( ( value ) => ( typeof value === 'object' && value !== null ? Object.values( value ) : [ value ] ) )
		.map( ( value ) => ( value === '' || value === null ? '–' : String( value ) ) )
		.join( ', ' );
