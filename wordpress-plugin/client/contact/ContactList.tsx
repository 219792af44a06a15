/** All contacts, in the manner of wp-admin's lists. */
import { createElement, Fragment, useEffect } from '@wordpress/element';
import { __, sprintf } from '@wordpress/i18n';

import { boot } from '../core/boot';
import { contactCount } from '../core/number';
import { useStore } from '../core/store';
import { Empty, LoadError } from '../core/ui';
import { directory, loadFields, loadGroups, loadSegments } from '../group/store';
import { list, load } from './actions';
import { AddContact } from './AddContact';
import { BulkBar, BulkProgress } from './Bulk';
import { listenToColumns } from './columns';
import { ListTable } from './ListTable';
import { ListFilters, SearchBox, Views } from './ListFilters';
import { Pagination } from './Pagination';
import { go, href, type Route } from './router';
import { isFiltered, queryOf, viewOf } from './view';

export function ContactList( { route }: { route: Route } ) {
	const view = viewOf( route.query );
	const here = href( 'contacts', null, queryOf( view ) );
	const items = useStore( list, ( state ) => state.items );
	const key = useStore( list, ( state ) => state.key );
	const count = useStore( list, ( state ) => state.count );
	const isLoading = useStore( list, ( state ) => state.isLoading );
	const error = useStore( list, ( state ) => state.error );
	const selected = useStore( list, ( state ) => state.selected );

	// `here` says all of `view`.
	// eslint-disable-next-line react-hooks/exhaustive-deps
	useEffect( () => void load( view ), [ here ] );
	useEffect( () => {
		const known = directory.get();
		void ( known.groups ?? loadGroups() );
		void ( known.fields ?? loadFields() );
		void ( known.segments ?? loadSegments() );
		return listenToColumns( ( hidden ) => list.dispatch( { type: 'columns', hidden } ) );
	}, [] );

	const isFirstLoad = key === null && ! error;
	const isEmpty = key !== null && ! items.length && ! isLoading;
	const isNobody = isEmpty && ! isFiltered( view ) && ! view.cursor;
	return (
		<Fragment>
			{ route.query.add && boot.caps.contacts && <AddContact onClose={ () => go( here, { replace: true } ) } /> }
			<h2 className="screen-reader-text">{ __( 'Filter contacts', 'nxt-cloud-chat' ) }</h2>
			{ ! isNobody && (
				<Fragment>
					<div className="nxtchat-listhead">
						<Views view={ view } />
						<SearchBox view={ view } />
					</div>
					<div className="tablenav top">
						{ boot.caps.contacts && <BulkBar view={ view } place="top" /> }
						<ListFilters view={ view } />
						<Pagination view={ view } />
						<br className="clear" />
					</div>
				</Fragment>
			) }
			<BulkProgress />
			<SelectMatching />
			<h2 className="screen-reader-text">{ __( 'List of contacts', 'nxt-cloud-chat' ) }</h2>
			{ error && ! items.length ? (
				<div className="nxtchat-card">
					<LoadError error={ error } onRetry={ () => void load( view ) } />
				</div>
			) : isNobody ? (
				<div className="nxtchat-card">
					<Nobody />
				</div>
			) : (
				<ListTable view={ view } isFirstLoad={ isFirstLoad } />
			) }
			{ error && items.length > 0 && (
				<div className="notice inline notice-error nxtchat-notice" role="alert">
					<p>
						{ error.message } { error.remedy }{ ' ' }
						<button type="button" className="button-link" onClick={ () => void load( view ) }>
							{ __( 'Try again', 'nxt-cloud-chat' ) }
						</button>
					</p>
				</div>
			) }
			{ items.length > 0 && (
				<div className="tablenav bottom">
					{ boot.caps.contacts && selected.length > 0 && <BulkBar view={ view } place="bottom" /> }
					{ boot.caps.contacts && boot.contact && count && (
						<div className="alignleft actions">
							<a className="button" href={ exportAddress( view.filters ) } download>
								{ isFiltered( view )
									? /* translators: %s: number of contacts, as in "120 contacts" */ sprintf( __( 'Export these %s (CSV)', 'nxt-cloud-chat' ), contactCount( count ) )
									: __( 'Export all (CSV)', 'nxt-cloud-chat' ) }
							</a>
						</div>
					) }
					<Pagination view={ view } />
					<br className="clear" />
				</div>
			) }
		</Fragment>
	);
}

/** The CSV of the people who match, with all columns. */
function exportAddress( filters: Record< string, string > ): string {
	const base = boot.contact?.export ?? '';
	const params = new URLSearchParams( filters ).toString();
	return params ? `${ base }&${ params }` : base;
}

function SelectMatching() {
	const count = useStore( list, ( state ) => state.count );
	const selected = useStore( list, ( state ) => state.selected );
	const items = useStore( list, ( state ) => state.items );
	const isAll = useStore( list, ( state ) => state.isAllMatching );
	if ( ! count || ! items.length || selected.length < items.length || count.value <= items.length ) {
		return null;
	}
	return (
		<div className="notice inline notice-info nxtchat-notice nxtchat-matching" role="status">
			<p>
				{ isAll
					? /* translators: %s: number of contacts, as in "120 contacts" */ sprintf( __( 'All %s that match are selected.', 'nxt-cloud-chat' ), contactCount( count ) )
					: /* translators: %d: number of contacts */ sprintf( __( 'All %d contacts on this page are selected.', 'nxt-cloud-chat' ), items.length ) }{ ' ' }
				<button
					type="button"
					className="button-link"
					onClick={ () => list.dispatch( isAll ? { type: 'select-page', isSelected: false } : { type: 'select-matching' } ) }
				>
					{ isAll
						? __( 'Clear the selection', 'nxt-cloud-chat' )
						: /* translators: %s: number of contacts, as in "120 contacts" */ sprintf( __( 'Select all %s that match', 'nxt-cloud-chat' ), contactCount( count ) ) }
				</button>
			</p>
		</div>
	);
}

function Nobody() {
	return (
		<Empty icon="people" title={ __( 'No contacts yet', 'nxt-cloud-chat' ) }>
			<p>{ __( 'Everybody who writes to your number appears here by themselves. You can also bring the people you know:', 'nxt-cloud-chat' ) }</p>
			{ boot.caps.contacts ? (
				<p className="nxtchat-empty__actions">
					<a className="button button-primary" href={ href( 'import' ) }>
						{ __( 'Import a file', 'nxt-cloud-chat' ) }
					</a>
					<a className="button" href={ href( 'contacts', null, { add: 1 } ) }>
						{ __( 'Add a contact', 'nxt-cloud-chat' ) }
					</a>
				</p>
			) : (
				<p>{ __( 'Somebody with the right to change contacts can add and import them.', 'nxt-cloud-chat' ) }</p>
			) }
		</Empty>
	);
}
