/** What narrows the list: the line of views, the search, the selects. Each change is a new address. */
import { createElement, useEffect, useState } from '@wordpress/element';
import { __ } from '@wordpress/i18n';

import { boot } from '../core/boot';
import type { Option } from '../core/form';
import { formatNumber } from '../core/number';
import { languageOptions } from '../core/places';
import { go, to } from './router';
import { changed, isFiltered, queryOf, type Filter, type Filters, type View } from './view';
import { CATEGORIES, categoryLabel, QUALITIES, qualityWord, STATUSES, statusWord } from './words';

/** Quiet time after the last key before the search runs, ms. */
const SEARCH_DELAY_MS = 350;

const address = ( view: View, filters: Filters ) => to.list( queryOf( changed( view, { filters } ) ) );

/** All (12) | Approved (7) | In review (2) … : only those that there are. */
export function Views( { view, counts }: { view: View; counts: Record< string, number > | null } ) {
	const now = view.filters.status ?? '';
	const all = Object.values( counts ?? {} ).reduce( ( sum, count ) => sum + count, 0 );
	const others = Object.keys( counts ?? {} ).filter( ( status ) => ! ( STATUSES as readonly string[] ).includes( status ) );
	const views: [ string, string, number | null ][] = [
		[ '', __( 'All', 'nxt-cloud-chat' ), counts && all ],
		...[ ...STATUSES, ...others ].flatMap( ( status ): [ string, string, number | null ][] =>
			counts?.[ status ] || status === now ? [ [ status, statusWord( status ).label, counts?.[ status ] ?? null ] ] : []
		),
	];
	return (
		<ul className="subsubsub">
			{ views.map( ( [ status, label, count ], index ) => (
				<li key={ status }>
					<a href={ address( view, { status } ) } className={ status === now ? 'current' : undefined } aria-current={ status === now ? 'page' : undefined }>
						{ label }
						{ count !== null && <span className="count">{ ` (${ formatNumber( count ) })` }</span> }
					</a>
					{ index < views.length - 1 && ' |' }
				</li>
			) ) }
		</ul>
	);
}

export function SearchBox( { view }: { view: View } ) {
	const applied = view.filters.search ?? '';
	const [ search, setSearch ] = useState( applied );
	const [ seen, setSeen ] = useState( applied );
	// The address changed by itself: going back, "clear filters".
	if ( seen !== applied ) {
		setSeen( applied );
		setSearch( applied );
	}
	const wanted = address( view, { search: search.trim() } );
	useEffect( () => {
		if ( search.trim() === applied ) {
			return;
		}
		const timer = setTimeout( () => go( wanted, { replace: true } ), SEARCH_DELAY_MS );
		return () => clearTimeout( timer );
	}, [ search, applied, wanted ] );
	return (
		<form
			className="search-box"
			role="search"
			onSubmit={ ( event ) => {
				event.preventDefault();
				go( wanted, { replace: true } );
			} }
		>
			<label className="screen-reader-text" htmlFor="nxtchat-search">
				{ __( 'Search templates', 'nxt-cloud-chat' ) }
			</label>
			<input id="nxtchat-search" type="search" value={ search } placeholder={ __( 'Part of the name', 'nxt-cloud-chat' ) } onChange={ ( event ) => setSearch( event.target.value ) } />
			<input type="submit" className="button" value={ __( 'Search templates', 'nxt-cloud-chat' ) } />
		</form>
	);
}

export function ListFilters( { view }: { view: View } ) {
	const select = ( name: Filter, label: string, any: string, options: Option[] ) => {
		const value = view.filters[ name ] ?? '';
		return (
			<select aria-label={ label } value={ value } onChange={ ( event ) => go( address( view, { [ name ]: event.target.value } ) ) }>
				<option value="">{ any }</option>
				{ value && ! options.some( ( option ) => option.value === value ) && <option value={ value }>{ value }</option> }
				{ options.map( ( option ) => (
					<option key={ option.value } value={ option.value }>
						{ option.label }
					</option>
				) ) }
			</select>
		);
	};
	return (
		<div className="alignleft actions nxtchat-filterbar">
			{ select( 'category', __( 'Category', 'nxt-cloud-chat' ), __( 'All categories', 'nxt-cloud-chat' ), CATEGORIES.map( ( value ) => ( { value, label: categoryLabel( value ) } ) ) ) }
			{ select( 'language', __( 'Language', 'nxt-cloud-chat' ), __( 'All languages', 'nxt-cloud-chat' ), languageOptions() ) }
			{ select( 'quality', __( 'Quality', 'nxt-cloud-chat' ), __( 'Any quality', 'nxt-cloud-chat' ), QUALITIES.map( ( value ) => ( { value, label: qualityWord( value ).label } ) ) ) }
			{ boot.accounts.length > 1 &&
				select( 'account', __( 'Account', 'nxt-cloud-chat' ), __( 'All accounts', 'nxt-cloud-chat' ), boot.accounts.map( ( { id, name, display_phone } ) => ( { value: String( id ), label: name || display_phone } ) ) ) }
			{ isFiltered( view ) && (
				<a className="nxtchat-filterbar__clear" href={ to.list( queryOf( { ...view, filters: {}, cursor: '' } ) ) }>
					{ __( 'Clear filters', 'nxt-cloud-chat' ) }
				</a>
			) }
		</div>
	);
}
