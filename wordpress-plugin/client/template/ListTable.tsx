/** The table of templates. */
import { createElement, Fragment, useState } from '@wordpress/element';
import { __, sprintf } from '@wordpress/i18n';
import type { ReactNode } from 'react';

import { boot, serverNow } from '../core/boot';
import { formatNumber } from '../core/number';
import { languageName } from '../core/places';
import { dateTime, shortDate, timeAgo } from '../core/time';
import { about, Quality, StatusBadge, UnsentChanges } from './Badges';
import { to } from './router';
import { readRate } from './store';
import type { Template } from './types';
import { changed, isFiltered, queryOf, type Sort, type View } from './view';
import { categoryLabel, nameOf } from './words';

/** Within this time "2 hours ago" says more than a date, ms. */
const RECENT_MS = 86_400_000;
const SKELETON_ROWS = 8;

interface Column {
	key: string;
	label: string;
	sort?: Sort;
	cell: ( template: Template ) => ReactNode;
}

const columns: Column[] = [
	{ key: 'status', label: __( 'Status', 'nxt-cloud-chat' ), cell: ( template ) => <StatusBadge template={ template } /> },
	{ key: 'language', label: __( 'Language', 'nxt-cloud-chat' ), cell: ( { language } ) => ( language ? <span lang="" title={ language }>{ languageName( language ) }</span> : <None /> ) },
	{ key: 'category', label: __( 'Category', 'nxt-cloud-chat' ), cell: ( { category } ) => ( category ? categoryLabel( category ) : <None /> ) },
	{ key: 'quality', label: __( 'Quality', 'nxt-cloud-chat' ), cell: ( { quality, status } ) => ( status === 'DRAFT' ? <None /> : <Quality quality={ quality } /> ) },
	{ key: 'used', label: __( 'Last used', 'nxt-cloud-chat' ), sort: 'last_used', cell: ( { last_used_ms } ) => ( last_used_ms ? <When ms={ last_used_ms } /> : <span className="nxtchat-soft">{ __( 'Never', 'nxt-cloud-chat' ) }</span> ) },
	{ key: 'sent', label: __( 'Sent and read', 'nxt-cloud-chat' ), cell: ( template ) => <Reach template={ template } /> },
	{ key: 'updated', label: __( 'Changed', 'nxt-cloud-chat' ), sort: 'updated', cell: ( { updated_ms } ) => <When ms={ updated_ms } /> },
];
const nameColumn: Omit< Column, 'cell' > = { key: 'name', label: __( 'Name', 'nxt-cloud-chat' ), sort: 'name' };

interface Props {
	view: View;
	items: Template[];
	isLoading: boolean;
	isFirstLoad: boolean;
	onRemove: ( template: Template ) => void;
}

export function ListTable( { view, items, isLoading, isFirstLoad, onRemove }: Props ) {
	const all = [ nameColumn, ...columns ];
	const width = all.length;
	return (
		<table className={ `wp-list-table widefat fixed striped nxtchat-table nxtchat-templatetable${ isLoading && ! isFirstLoad ? ' is-busy' : '' }` } aria-busy={ isLoading }>
			<caption className="screen-reader-text">{ __( 'Templates. The headings with arrows sort.', 'nxt-cloud-chat' ) }</caption>
			<thead>
				<tr>
					{ all.map( ( column ) => (
						<Head key={ column.key } column={ column } view={ view } />
					) ) }
				</tr>
			</thead>
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
							{ isLoading ? __( 'Loading…', 'nxt-cloud-chat' ) : isFiltered( view ) ? __( 'No template matches these filters.', 'nxt-cloud-chat' ) : __( 'No template is on this page.', 'nxt-cloud-chat' ) }{ ' ' }
							{ ! isLoading && <a href={ to.list() }>{ __( 'Show all templates', 'nxt-cloud-chat' ) }</a> }
						</td>
					</tr>
				) }
				{ items.map( ( item ) => (
					<Row key={ item.id } item={ item } onRemove={ onRemove } />
				) ) }
			</tbody>
		</table>
	);
}

function Head( { column: { key, label, sort }, view }: { column: Omit< Column, 'cell' >; view: View } ) {
	const isSorted = sort !== undefined && view.sort === sort;
	// Each order has one direction.
	const order = sort === 'name' ? 'asc' : 'desc';
	const className = [ 'manage-column', `column-${ key }`, key === 'name' && 'column-primary', sort && ( isSorted ? `sorted ${ order }` : `sortable ${ order === 'asc' ? 'desc' : 'asc' }` ) ];
	return (
		<th scope="col" className={ className.filter( Boolean ).join( ' ' ) } aria-sort={ isSorted ? ( order === 'asc' ? 'ascending' : 'descending' ) : undefined } abbr={ label }>
			{ sort ? (
				<a href={ to.list( queryOf( changed( view, { sort } ) ) ) }>
					<span>{ label }</span>
					<span className="sorting-indicators">
						<span className={ `sorting-indicator ${ order }` } aria-hidden="true" />
					</span>
				</a>
			) : (
				label
			) }
		</th>
	);
}

function Row( { item, onRemove }: { item: Template; onRemove: ( template: Template ) => void } ) {
	const [ isExpanded, setExpanded ] = useState( false );
	const name = nameOf( item );
	const page = to.template( item.id );
	const mayEdit = boot.caps.manage && item.can.edit;
	const actions: [ string, ReactNode ][] = [
		[ 'view', <ActionLink key="view" href={ page } label={ __( 'Open', 'nxt-cloud-chat' ) } name={ name } /> ],
		...( mayEdit ? [ [ 'edit', <ActionLink key="edit" href={ to.edit( item.id ) } label={ __( 'Edit', 'nxt-cloud-chat' ) } name={ name } /> ] as [ string, ReactNode ] ] : [] ),
		...( boot.caps.manage ? [ [ 'copy', <ActionLink key="copy" href={ to.create( { from: item.id } ) } label={ __( 'Duplicate', 'nxt-cloud-chat' ) } name={ name } /> ] as [ string, ReactNode ] ] : [] ),
		...( boot.caps.reply && item.can.send ? [ [ 'send', <ActionLink key="send" href={ to.template( item.id, { send: true } ) } label={ __( 'Test send', 'nxt-cloud-chat' ) } name={ name } /> ] as [ string, ReactNode ] ] : [] ),
		...( boot.caps.manage && item.can.delete
			? [
					[
						'delete',
						<button key="delete" type="button" className="button-link button-link-delete" aria-label={ about( __( 'Delete', 'nxt-cloud-chat' ), name ) } onClick={ () => onRemove( item ) }>
							{ __( 'Delete', 'nxt-cloud-chat' ) }
						</button>,
					] as [ string, ReactNode ],
			  ]
			: [] ),
	];
	return (
		<tr className={ isExpanded ? 'is-expanded' : undefined } data-template={ item.id }>
			<td className="name column-name column-primary has-row-actions">
				<strong>
					<a className="row-title" href={ page }>
						<bdi>{ name }</bdi>
					</a>
				</strong>
				{ item.draft && item.meta_id && (
					<Fragment>
						{ ' — ' }
						<UnsentChanges />
					</Fragment>
				) }
				<span className="nxtchat-templatetable__sub">
					<StatusBadge template={ item } /> { languageName( item.language ) }
				</span>
				<div className="row-actions">
					{ actions.map( ( [ key, action ], index ) => (
						<span key={ key } className={ key }>
							{ index > 0 && ' | ' }
							{ action }
						</span>
					) ) }
				</div>
				<button type="button" className="toggle-row" aria-expanded={ isExpanded } onClick={ () => setExpanded( ! isExpanded ) }>
					<span className="screen-reader-text">{ __( 'Show more details', 'nxt-cloud-chat' ) }</span>
				</button>
			</td>
			{ columns.map( ( { key, label, cell } ) => (
				<td key={ key } className={ `${ key } column-${ key }` } data-colname={ label }>
					{ cell( item ) }
				</td>
			) ) }
		</tr>
	);
}

const ActionLink = ( { href, label, name }: { href: string; label: string; name: string } ) => (
	<a href={ href } aria-label={ about( label, name ) }>
		{ label }
	</a>
);

/** Messages sent with it, and how many of those that arrived were read. */
export function Reach( { template }: { template: Template } ) {
	if ( ! template.sent ) {
		return <None />;
	}
	const rate = readRate( template );
	return (
		<span title={ template.counted_ms ? /* translators: %s: a time, as in "5 minutes ago" */ sprintf( __( 'Counted %s', 'nxt-cloud-chat' ), timeAgo( template.counted_ms, serverNow() ) ) : undefined }>
			{ /* translators: %s: a number of messages */ sprintf( __( '%s sent', 'nxt-cloud-chat' ), formatNumber( template.sent ) ) }
			{ rate !== null && (
				<span className="nxtchat-soft">
					{ ', ' }
					{ /* translators: %s: a percentage */ sprintf( __( '%s read', 'nxt-cloud-chat' ), formatNumber( rate, { style: 'percent' } ) ) }
				</span>
			) }
		</span>
	);
}

const None = () => (
	<Fragment>
		<span aria-hidden="true">—</span>
		<span className="screen-reader-text">{ __( 'None', 'nxt-cloud-chat' ) }</span>
	</Fragment>
);

function When( { ms }: { ms: number } ) {
	const now = serverNow();
	return <time title={ dateTime( ms ) }>{ now - ms < RECENT_MS ? timeAgo( ms, now ) : shortDate( ms ) }</time>;
}
