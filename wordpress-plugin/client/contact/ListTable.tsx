/** The table of contacts. */
import { createElement, Fragment, memo, useRef, useState } from '@wordpress/element';
import { __, sprintf } from '@wordpress/i18n';
import type { MouseEvent, ReactNode } from 'react';

import { boot, serverNow } from '../core/boot';
import { Consent } from '../core/enums';
import { Icon } from '../core/icons';
import { countryName, languageName } from '../core/places';
import { useStore } from '../core/store';
import { dateTime, shortDate, timeAgo } from '../core/time';
import type { ContactItem } from '../core/types';
import { Avatar, Confirm, ErrorNotice } from '../core/ui';
import type { ApiError } from '../core/error';
import { asError, directory } from '../group/store';
import { list, removeOne } from './actions';
import { columns, type Column } from './columns';
import { ConsentBadge } from './ConsentBadge';
import { href } from './router';
import { changed, firstOrder, isFiltered, queryOf, type View } from './view';
import { contactName, fieldValue, sourceLabel } from './words';

/** Within this time "2 hours ago" says more than a date, ms. */
const RECENT_MS = 86_400_000;
const SKELETON_ROWS = 8;

export function ListTable( { view, isFirstLoad }: { view: View; isFirstLoad: boolean } ) {
	const items = useStore( list, ( state ) => state.items );
	const isLoading = useStore( list, ( state ) => state.isLoading );
	const selected = useStore( list, ( state ) => state.selected );
	const hidden = useStore( list, ( state ) => state.hidden );
	const fields = useStore( directory, ( state ) => state.fields );
	const [ removing, setRemoving ] = useState< ContactItem | null >( null );
	const lastClicked = useRef< number | null >( null );
	const all = columns( fields );
	const mayChange = boot.caps.contacts;

	// With shift: everybody between this one and the one before.
	const toggle = ( id: number, isSelected: boolean, isRange: boolean ) => {
		const ids = items.map( ( one ) => one.id );
		const from = isRange && lastClicked.current !== null ? ids.indexOf( lastClicked.current ) : -1;
		const to = ids.indexOf( id );
		list.dispatch( { type: 'select', isSelected, ids: from < 0 ? [ id ] : ids.slice( Math.min( from, to ), Math.max( from, to ) + 1 ) } );
		lastClicked.current = id;
	};
	const head = ( at: 'head' | 'foot' ) => (
		<tr>
			{ mayChange && (
				<td className="manage-column column-cb check-column">
					<input
						type="checkbox"
						aria-label={ __( 'Select all on this page', 'nxt-cloud-chat' ) }
						checked={ items.length > 0 && selected.length === items.length }
						ref={ ( box ) => {
							if ( box ) {
								box.indeterminate = selected.length > 0 && selected.length < items.length;
							}
						} }
						onChange={ ( event ) => list.dispatch( { type: 'select-page', isSelected: event.target.checked } ) }
					/>
				</td>
			) }
			{ all.map( ( column ) => (
				<Head key={ column.key } column={ column } view={ view } isHidden={ hidden.includes( column.key ) } hasId={ at === 'head' } />
			) ) }
		</tr>
	);
	const width = all.filter( ( { key } ) => ! hidden.includes( key ) ).length + ( mayChange ? 1 : 0 );
	return (
		<Fragment>
			<table className={ `wp-list-table widefat fixed striped nxtchat-table nxtchat-people${ isLoading && ! isFirstLoad ? ' is-busy' : '' }` } aria-busy={ isLoading }>
				<caption className="screen-reader-text">{ __( 'Contacts. The headings with arrows sort.', 'nxt-cloud-chat' ) }</caption>
				<thead>{ head( 'head' ) }</thead>
				<tbody>
					{ isFirstLoad &&
						Array.from( { length: SKELETON_ROWS }, ( _, index ) => (
							<tr key={ index }>
								<td colSpan={ width } className="nxtchat-table__skeleton">
									<div className="nxtchat-skeleton__row" />
								</td>
							</tr>
						) ) }
					{ ! isFirstLoad && ! items.length && (
						<tr className="no-items">
							<td colSpan={ width } className="colspanchange">
								{ isLoading ? __( 'Loading…', 'nxt-cloud-chat' ) : isFiltered( view ) ? __( 'Nobody matches these filters.', 'nxt-cloud-chat' ) : __( 'Nobody is on this page.', 'nxt-cloud-chat' ) }{ ' ' }
								{ ! isLoading && <a href={ href( 'contacts' ) }>{ __( 'Show all contacts', 'nxt-cloud-chat' ) }</a> }
							</td>
						</tr>
					) }
					{ items.map( ( item ) => (
						<Row
							key={ item.id }
							item={ item }
							columns={ all }
							hidden={ hidden }
							isSelected={ selected.includes( item.id ) }
							onToggle={ toggle }
							onRemove={ setRemoving }
						/>
					) ) }
				</tbody>
				{ items.length > 5 && <tfoot>{ head( 'foot' ) }</tfoot> }
			</table>
			{ isFirstLoad && (
				<p className="screen-reader-text" role="status">
					{ __( 'Loading contacts', 'nxt-cloud-chat' ) }
				</p>
			) }
			{ removing && <RemoveOne contact={ removing } view={ view } onClose={ () => setRemoving( null ) } /> }
		</Fragment>
	);
}

function Head( { column: { key, label, sort }, view, isHidden, hasId }: { column: Column; view: View; isHidden: boolean; hasId: boolean } ) {
	const isSorted = sort !== undefined && view.sort === sort;
	const order = isSorted ? view.order : sort ? firstOrder( sort ) : 'asc';
	const next = isSorted ? ( view.order === 'asc' ? 'desc' : 'asc' ) : order;
	const className = [
		'manage-column',
		`column-${ key }`,
		key === 'name' && 'column-primary',
		sort && ( isSorted ? `sorted ${ order }` : `sortable ${ next === 'asc' ? 'desc' : 'asc' }` ),
		isHidden && 'hidden',
	];
	return (
		<th
			scope="col"
			id={ hasId ? key : undefined }
			className={ className.filter( Boolean ).join( ' ' ) }
			aria-sort={ isSorted ? ( order === 'asc' ? 'ascending' : 'descending' ) : undefined }
			abbr={ label }
		>
			{ sort ? (
				<a href={ href( 'contacts', null, queryOf( changed( view, { sort, order: next } ) ) ) }>
					<span>{ label }</span>
					<span className="sorting-indicators">
						<span className="sorting-indicator asc" aria-hidden="true" />
						<span className="sorting-indicator desc" aria-hidden="true" />
					</span>
				</a>
			) : (
				label
			) }
		</th>
	);
}

interface RowProps {
	item: ContactItem;
	columns: Column[];
	hidden: readonly string[];
	isSelected: boolean;
	onToggle: ( id: number, isSelected: boolean, isRange: boolean ) => void;
	onRemove: ( item: ContactItem ) => void;
}

const Row = memo(
	function Row( { item, columns: all, hidden, isSelected, onToggle, onRemove }: RowProps ) {
		const [ isExpanded, setExpanded ] = useState( false );
		const name = contactName( item );
		const page = href( 'contacts', item.id );
		return (
			<tr className={ isExpanded ? 'is-expanded' : undefined } data-contact={ item.id }>
				{ boot.caps.contacts && (
					<th scope="row" className="check-column">
						<input
							type="checkbox"
							checked={ isSelected }
							/* translators: %s: name of a person */
							aria-label={ sprintf( __( 'Select %s', 'nxt-cloud-chat' ), name ) }
							onClick={ ( event: MouseEvent< HTMLInputElement > ) => onToggle( item.id, event.currentTarget.checked, event.shiftKey ) }
							onChange={ () => undefined }
						/>
					</th>
				) }
				{ all.map( ( column ) =>
					column.key === 'name' ? (
						<td key="name" className="name column-name column-primary has-row-actions">
							<Avatar id={ item.id } name={ item.name } size="small" />
							<div className="nxtchat-people__name">
								<strong>
									<a className="row-title" href={ page }>
										<bdi>{ name }</bdi>
									</a>
								</strong>
								<span className="nxtchat-people__sub" aria-hidden="true">
									<bdi>{ item.name ? item.phone_display || item.phone || ( item.username && `@${ item.username }` ) : '' }</bdi>
								</span>
								<div className="row-actions">
									<span>
										<a href={ page } aria-label={ /* translators: %s: name of a person */ sprintf( __( 'Open %s', 'nxt-cloud-chat' ), name ) }>
											{ __( 'Open', 'nxt-cloud-chat' ) }
										</a>
									</span>
									{ item.conversation_id && (
										<span>
											{ ' | ' }
											<a
												href={ `${ boot.links.inbox }&conversation=${ item.conversation_id }` }
												aria-label={ /* translators: %s: name of a person */ sprintf( __( 'Conversation with %s', 'nxt-cloud-chat' ), name ) }
											>
												{ __( 'Conversation', 'nxt-cloud-chat' ) }
											</a>
										</span>
									) }
									{ boot.caps.contacts && (
										<span className="delete">
											{ ' | ' }
											<button
												type="button"
												className="button-link button-link-delete"
												onClick={ () => onRemove( item ) }
												aria-label={ /* translators: %s: name of a person */ sprintf( __( 'Delete %s', 'nxt-cloud-chat' ), name ) }
											>
												{ __( 'Delete', 'nxt-cloud-chat' ) }
											</button>
										</span>
									) }
								</div>
							</div>
							<button type="button" className="toggle-row" aria-expanded={ isExpanded } onClick={ () => setExpanded( ! isExpanded ) }>
								<span className="screen-reader-text">{ __( 'Show more details', 'nxt-cloud-chat' ) }</span>
							</button>
						</td>
					) : (
						<td
							key={ column.key }
							className={ `${ column.key } column-${ column.key }${ hidden.includes( column.key ) ? ' hidden' : '' }` }
							data-colname={ column.label }
						>
							{ cell( column, item ) }
						</td>
					)
				) }
			</tr>
		);
	},
	( a, b ) => a.item === b.item && a.isSelected === b.isSelected && a.hidden === b.hidden && a.columns.length === b.columns.length
);

const NONE = (
	<Fragment>
		<span aria-hidden="true">—</span>
		<span className="screen-reader-text">{ __( 'None', 'nxt-cloud-chat' ) }</span>
	</Fragment>
);

function cell( { key, field }: Column, item: ContactItem ): ReactNode {
	switch ( key ) {
		case 'phone':
			return item.phone ? <bdi className="nxtchat-number">{ item.phone_display || item.phone }</bdi> : NONE;
		case 'handle':
			return item.username ? <bdi>{ `@${ item.username }` }</bdi> : NONE;
		case 'email':
			return item.email ? <a href={ `mailto:${ item.email }` }>{ item.email }</a> : NONE;
		case 'groups':
			return item.groups.length
				? item.groups.map( ( { id, name }, index ) => (
						<Fragment key={ id }>
							{ index > 0 && ', ' }
							<a href={ href( 'contacts', null, { group: id } ) }>{ name }</a>
						</Fragment>
				  ) )
				: NONE;
		case 'marketing':
			return item.marketing === Consent.NONE ? <span className="nxtchat-soft">{ __( 'Not asked', 'nxt-cloud-chat' ) }</span> : <ConsentBadge state={ item.marketing } isMarketing />;
		case 'country':
			return item.country ? countryName( item.country ) : NONE;
		case 'language':
			return item.language ? languageName( item.language ) : NONE;
		case 'source':
			return item.source ? sourceLabel( item.source ) : NONE;
		case 'last_in':
			return item.last_in_ms ? <When ms={ item.last_in_ms } /> : <span className="nxtchat-soft">{ __( 'Never', 'nxt-cloud-chat' ) }</span>;
		case 'created':
			return <When ms={ item.created_ms } />;
		default:
			return field && item.fields[ field.name ] ? <bdi>{ fieldValue( field, item.fields[ field.name ] ?? '' ) }</bdi> : NONE;
	}
}

function When( { ms }: { ms: number } ) {
	const now = serverNow();
	return <time title={ dateTime( ms ) }>{ now - ms < RECENT_MS ? timeAgo( ms, now ) : shortDate( ms ) }</time>;
}

function RemoveOne( { contact, view, onClose }: { contact: ContactItem; view: View; onClose: () => void } ) {
	const [ isBusy, setBusy ] = useState( false );
	const [ error, setError ] = useState< ApiError | null >( null );
	const name = contactName( contact );
	return (
		<Confirm
			/* translators: %s: name of a person */
			title={ sprintf( __( 'Delete %s?', 'nxt-cloud-chat' ), name ) }
			action={ __( 'Delete for ever', 'nxt-cloud-chat' ) }
			isBusy={ isBusy }
			onClose={ onClose }
			onConfirm={ async () => {
				setBusy( true );
				setError( null );
				try {
					await removeOne( contact.id, name, view );
					onClose();
				} catch ( reason ) {
					setError( asError( reason ) );
					setBusy( false );
				}
			} }
		>
			{ error && <ErrorNotice error={ error } /> }
			<DeleteWords />
		</Confirm>
	);
}

export const DeleteWords = ( { isMany = false }: { isMany?: boolean } ) => (
	<Fragment>
		<p>
			<Icon name="alert" size={ 18 } />{ ' ' }
			{ isMany
				? __( 'Everything about these people is removed: details, messages, notes, the history of consent. This can’t be undone.', 'nxt-cloud-chat' )
				: __( 'Everything about this person is removed: details, messages, notes, the history of consent. This can’t be undone.', 'nxt-cloud-chat' ) }
		</p>
		<p>{ __( 'A code that can’t be turned back into a number stays, so that no import writes to them again.', 'nxt-cloud-chat' ) }</p>
	</Fragment>
);
