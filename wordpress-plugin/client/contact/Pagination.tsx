/** The count and the ways through the pages, as wp-admin draws them. */
import { createElement, Fragment } from '@wordpress/element';
import { __ } from '@wordpress/i18n';

import { contactCount } from '../core/number';
import { useStore } from '../core/store';
import { list } from './actions';
import { href } from './router';
import { queryOf, type View } from './view';

export function Pagination( { view }: { view: View } ) {
	const next = useStore( list, ( state ) => state.next );
	const prev = useStore( list, ( state ) => state.prev );
	const count = useStore( list, ( state ) => state.count );
	if ( ! count || ( ! count.value && ! next && ! prev ) ) {
		return null;
	}
	const to = ( change: { cursor?: string; last?: boolean } ) => href( 'contacts', null, queryOf( { ...view, cursor: '', last: false, ...change } ) );
	return (
		<div className="tablenav-pages">
			<span className="displaying-num">{ contactCount( count ) }</span>
			{ ( next || prev ) && (
				<span className="pagination-links">
					<Fragment>
						<Step name="first-page" sign="«" label={ __( 'First page', 'nxt-cloud-chat' ) } to={ prev && to( {} ) } />
						<Step name="prev-page" sign="‹" label={ __( 'Previous page', 'nxt-cloud-chat' ) } to={ prev && to( { cursor: prev } ) } />
						<Step name="next-page" sign="›" label={ __( 'Next page', 'nxt-cloud-chat' ) } to={ next && to( { cursor: next } ) } />
						<Step name="last-page" sign="»" label={ __( 'Last page', 'nxt-cloud-chat' ) } to={ next && to( { last: true } ) } />
					</Fragment>
				</span>
			) }
		</div>
	);
}

const Step = ( { name, sign, label, to }: { name: string; sign: string; label: string; to: string | null } ) =>
	to ? (
		<a className={ `${ name } button` } href={ to }>
			<span className="screen-reader-text">{ label }</span>
			<span aria-hidden="true">{ sign }</span>
		</a>
	) : (
		<span className="tablenav-pages-navspan button disabled" aria-hidden="true">
			{ sign }
		</span>
	);
