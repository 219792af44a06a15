/** Where people can come from, and the imports there were. */
import { createElement, Fragment, useEffect } from '@wordpress/element';
import { __, sprintf } from '@wordpress/i18n';

import { go, href } from '../contact/router';
import { ImportKind } from '../core/enums';
import { formatNumber } from '../core/number';
import { useStore } from '../core/store';
import { dateTime } from '../core/time';
import type { Field } from '../core/types';
import { ErrorNotice, Notice, Skeleton } from '../core/ui';
import { chooseFile, chooseSource, discardDraft, imports, loadImport, loadList } from './actions';
import type { Import } from './api';
import { FilePicker } from './FilePicker';
import { StepHeading } from './Steps';
import { isAtWork } from './store';
import { kindLabel, people, stateLabel } from './words';

/** How often is looked how far imports of the list are, ms. */
const LOOK_MS = 3_000;

export function Sources( { fields }: { fields: Field[] } ) {
	const draft = useStore( imports, ( state ) => state.draft );
	const isReading = useStore( imports, ( state ) => state.isReading );
	const sources = useStore( imports, ( state ) => state.sources );
	const error = useStore( imports, ( state ) => state.error );
	useEffect( () => void loadList(), [] );

	const choose = async ( file: File ) => {
		await chooseFile( file, fields );
		if ( ! imports.get().error ) {
			go( href( 'import', null, { new: 1 } ) );
		}
	};
	const from = ( kind: ImportKind ) => {
		chooseSource( kind );
		go( href( 'import', null, { new: 1 } ) );
	};
	return (
		<Fragment>
			<StepHeading isFirst>{ __( 'Import contacts', 'nxt-cloud-chat' ) }</StepHeading>
			{ error && <ErrorNotice error={ error } /> }
			{ draft && (
				<Notice kind="info">
					<p>
						{ sprintf(
							/* translators: %s: name of a file, or "WordPress users" */
							__( 'You began to import “%s”.', 'nxt-cloud-chat' ),
							draft.file?.name ?? kindLabel( draft.kind )
						) }{ ' ' }
						<a href={ href( 'import', null, { new: 1 } ) }>{ __( 'Go on', 'nxt-cloud-chat' ) }</a>
						{ ' · ' }
						<button type="button" className="button-link" onClick={ discardDraft }>
							{ __( 'Discard', 'nxt-cloud-chat' ) }
						</button>
					</p>
				</Notice>
			) }
			<FilePicker label={ __( 'Choose a CSV file', 'nxt-cloud-chat' ) } isBusy={ isReading } onFile={ ( file ) => void choose( file ) }>
				<p>{ isReading ? __( 'Looking at the file…', 'nxt-cloud-chat' ) : __( 'or drop it here. It is first looked at on your computer; nothing is uploaded before you say so.', 'nxt-cloud-chat' ) }</p>
				<p className="description">
					{ __( 'One person in each row, one of the columns is the phone number. From Excel: File → Save as → “CSV UTF-8”. From Google Sheets: File → Download → CSV.', 'nxt-cloud-chat' ) }
				</p>
			</FilePicker>
			{ sources && (
				<div className="nxtchat-sources">
					{ sources.users + ( sources.customers ?? 0 ) > 0 ? (
						<span>{ __( 'Or take people that this site knows:', 'nxt-cloud-chat' ) }</span>
					) : (
						<span className="description">{ __( 'Users of this site can be imported, too, once they have a phone number in their profile.', 'nxt-cloud-chat' ) }</span>
					) }
					{ sources.users > 0 && (
						<button type="button" className="button" onClick={ () => from( ImportKind.USERS ) }>
							{ kindLabel( ImportKind.USERS ) } ({ formatNumber( sources.users ) })
						</button>
					) }
					{ ( sources.customers ?? 0 ) > 0 && (
						<button type="button" className="button" onClick={ () => from( ImportKind.CUSTOMERS ) }>
							{ kindLabel( ImportKind.CUSTOMERS ) } ({ formatNumber( sources.customers ?? 0 ) })
						</button>
					) }
				</div>
			) }
			<History />
		</Fragment>
	);
}

function History() {
	const list = useStore( imports, ( state ) => state.list );
	const next = useStore( imports, ( state ) => state.next );
	const error = useStore( imports, ( state ) => state.error );
	const running = ( list ?? [] ).filter( isAtWork ).map( ( { id } ) => id ).join( ' ' );
	useEffect( () => {
		if ( ! running ) {
			return;
		}
		const timer = setInterval( () => running.split( ' ' ).forEach( ( id ) => void loadImport( Number( id ) ) ), LOOK_MS );
		return () => clearInterval( timer );
	}, [ running ] );
	if ( ! list ) {
		return error ? null : <Skeleton rows={ 3 } label={ __( 'Loading imports', 'nxt-cloud-chat' ) } />;
	}
	if ( ! list.length ) {
		return null;
	}
	return (
		<section aria-labelledby="nxtchat-imports">
			<h2 id="nxtchat-imports">{ __( 'Imports so far', 'nxt-cloud-chat' ) }</h2>
			<table className="widefat striped nxtchat-imports">
				<thead>
					<tr>
						<th scope="col">{ __( 'From', 'nxt-cloud-chat' ) }</th>
						<th scope="col">{ __( 'State', 'nxt-cloud-chat' ) }</th>
						<th scope="col">{ __( 'New', 'nxt-cloud-chat' ) }</th>
						<th scope="col">{ __( 'Changed', 'nxt-cloud-chat' ) }</th>
						<th scope="col">{ __( 'Left out', 'nxt-cloud-chat' ) }</th>
						<th scope="col">{ __( 'When', 'nxt-cloud-chat' ) }</th>
					</tr>
				</thead>
				<tbody>
					{ list.map( ( item ) => (
						<tr key={ item.id }>
							<th scope="row">
								<a href={ href( 'import', item.id ) }>{ sourceName( item ) }</a>
							</th>
							<td>{ stateLabel( item ) }</td>
							<td data-label={ __( 'New', 'nxt-cloud-chat' ) }>{ formatNumber( item.added ) }</td>
							<td data-label={ __( 'Changed', 'nxt-cloud-chat' ) }>{ formatNumber( item.changed ) }</td>
							<td data-label={ __( 'Left out', 'nxt-cloud-chat' ) }>{ formatNumber( item.rejected ) }</td>
							<td>
								{ dateTime( item.created_ms ) }
								{ item.user && <span className="description"> { item.user.name }</span> }
							</td>
						</tr>
					) ) }
				</tbody>
			</table>
			{ next && (
				<p>
					<button type="button" className="button" onClick={ () => void loadList( true ) }>
						{ __( 'Show older imports', 'nxt-cloud-chat' ) }
					</button>
				</p>
			) }
		</section>
	);
}

export const sourceName = ( item: Import ): string => item.name || kindLabel( item.kind );

/** "1,234 people" for a sentence about an import. */
export const total = ( item: Import ): string => people( item.added + item.changed );
