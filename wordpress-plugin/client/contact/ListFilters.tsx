/** What narrows the list: the line of views, the search, the selects. Each change is a new address. */
import { createElement, Fragment, useEffect, useState } from '@wordpress/element';
import { __, sprintf } from '@wordpress/i18n';

import { FieldType } from '../core/enums';
import type { Option } from '../core/form';
import { countryName, countryOptions, languageName, languageOptions } from '../core/places';
import { useStore } from '../core/store';
import type { Field } from '../core/types';
import { directory } from '../group/store';
import { fetchPresent, type Present } from './api';
import { go, href } from './router';
import { changed, isFiltered, queryOf, splitField, type Filter, type Filters, type View } from './view';
import { sourceLabel } from './words';

/** Quiet time after the last key before the search runs, ms. */
const SEARCH_DELAY_MS = 350;

const address = ( view: View, filters: Filters ) => href( 'contacts', null, queryOf( changed( view, { filters } ) ) );

/** All | Subscribed | Unsubscribed | Not asked */
export function Views( { view }: { view: View } ) {
	const now = view.filters.marketing ?? '';
	const views: [ string, string ][] = [
		[ '', __( 'All', 'nxt-cloud-chat' ) ],
		[ 'granted', __( 'Subscribed', 'nxt-cloud-chat' ) ],
		[ 'revoked', __( 'Unsubscribed', 'nxt-cloud-chat' ) ],
		[ 'none', __( 'Not asked', 'nxt-cloud-chat' ) ],
	];
	return (
		<ul className="subsubsub">
			{ views.map( ( [ marketing, label ], index ) => (
				<li key={ marketing }>
					<a
						href={ address( view, { marketing } ) }
						className={ marketing === now ? 'current' : undefined }
						aria-current={ marketing === now ? 'page' : undefined }
					>
						{ label }
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
	const to = address( view, { search: search.trim() } );
	useEffect( () => {
		if ( search.trim() === applied ) {
			return;
		}
		const timer = setTimeout( () => go( to, { replace: true } ), SEARCH_DELAY_MS );
		return () => clearTimeout( timer );
	}, [ search, applied, to ] );
	return (
		<form
			className="search-box"
			role="search"
			onSubmit={ ( event ) => {
				event.preventDefault();
				go( to, { replace: true } );
			} }
		>
			<label className="screen-reader-text" htmlFor="nxtchat-search">
				{ __( 'Search contacts', 'nxt-cloud-chat' ) }
			</label>
			<input
				id="nxtchat-search"
				type="search"
				value={ search }
				placeholder={ __( 'Name, number, @username', 'nxt-cloud-chat' ) }
				onChange={ ( event ) => setSearch( event.target.value ) }
			/>
			<input type="submit" className="button" value={ __( 'Search contacts', 'nxt-cloud-chat' ) } />
		</form>
	);
}

const MORE: Filter[] = [ 'segment', 'country', 'language', 'source', 'field' ];

export function ListFilters( { view }: { view: View } ) {
	const { filters } = view;
	const groups = useStore( directory, ( state ) => state.groups );
	const segments = useStore( directory, ( state ) => state.segments );
	const fields = useStore( directory, ( state ) => state.fields );
	const used = MORE.filter( ( name ) => filters[ name ] ).length;
	const [ isOpen, setOpen ] = useState( used > 0 );
	const [ present, setPresent ] = useState< Present | null >( null );
	useEffect( () => {
		if ( isOpen ) {
			fetchPresent().then( setPresent, () => undefined ); // Without it all are offered.
		}
	}, [ isOpen ] );
	const set = ( change: Filters ) => go( address( view, change ) );
	const select = ( name: Filter, label: string, any: string, options: Option[] ) => (
		<Select label={ label } any={ any } options={ options } value={ filters[ name ] ?? '' } onChange={ ( value ) => set( { [ name ]: value } ) } />
	);
	return (
		<Fragment>
			<div className="alignleft actions nxtchat-filterbar">
				{ select( 'group', __( 'Group', 'nxt-cloud-chat' ), __( 'All groups', 'nxt-cloud-chat' ), named( groups ) ) }
				{ select( 'heard', __( 'Last wrote', 'nxt-cloud-chat' ), __( 'Wrote at any time', 'nxt-cloud-chat' ), [
					{ value: '7d', label: __( 'Wrote in the last 7 days', 'nxt-cloud-chat' ) },
					{ value: '30d', label: __( 'Wrote in the last 30 days', 'nxt-cloud-chat' ) },
					{ value: '90d', label: __( 'Wrote in the last 90 days', 'nxt-cloud-chat' ) },
					{ value: 'older', label: __( 'Wrote longer ago', 'nxt-cloud-chat' ) },
					{ value: 'never', label: __( 'Never wrote', 'nxt-cloud-chat' ) },
				] ) }
				<button type="button" className="button" aria-expanded={ isOpen } onClick={ () => setOpen( ! isOpen ) }>
					{ used
						? /* translators: %d: number of filters in use */ sprintf( __( 'More filters (%d)', 'nxt-cloud-chat' ), used )
						: __( 'More filters', 'nxt-cloud-chat' ) }
				</button>
				{ isFiltered( view ) && (
					<a className="nxtchat-filterbar__clear" href={ href( 'contacts', null, queryOf( { ...view, filters: {}, cursor: '', last: false } ) ) }>
						{ __( 'Clear filters', 'nxt-cloud-chat' ) }
					</a>
				) }
			</div>
			{ isOpen && (
				<div className="nxtchat-filterbar is-more">
					{ select( 'segment', __( 'Segment', 'nxt-cloud-chat' ), __( 'All segments', 'nxt-cloud-chat' ), named( segments ) ) }
					{ select( 'country', __( 'Country', 'nxt-cloud-chat' ), __( 'All countries', 'nxt-cloud-chat' ), known( present?.country, countryName, countryOptions ) ) }
					{ select( 'language', __( 'Language', 'nxt-cloud-chat' ), __( 'All languages', 'nxt-cloud-chat' ), known( present?.language, languageName, languageOptions ) ) }
					{ select( 'source', __( 'Source', 'nxt-cloud-chat' ), __( 'All sources', 'nxt-cloud-chat' ), known( present?.source, sourceLabel, () => [] ) ) }
					{ !! fields?.length && <FieldFilter fields={ fields } view={ view } onChange={ ( field ) => set( { field } ) } /> }
				</div>
			) }
		</Fragment>
	);
}

const named = ( items: { id: number; name: string }[] | null ): Option[] => ( items ?? [] ).map( ( { id, name } ) => ( { value: String( id ), label: name } ) );

/** The values that there are, by name; until they are known, all. */
const known = ( values: string[] | undefined, name: ( value: string ) => string, all: () => Option[] ): Option[] =>
	values ? values.map( ( value ) => ( { value, label: name( value ) } ) ).sort( ( a, b ) => a.label.localeCompare( b.label ) ) : all();

const Select = ( { label, any, options, value, onChange }: { label: string; any: string; options: Option[]; value: string; onChange: ( value: string ) => void } ) => (
	<select aria-label={ label } value={ value } onChange={ ( event ) => onChange( event.target.value ) }>
		<option value="">{ any }</option>
		{ value && ! options.some( ( option ) => option.value === value ) && <option value={ value }>{ value }</option> }
		{ options.map( ( option ) => (
			<option key={ option.value } value={ option.value }>
				{ option.label }
			</option>
		) ) }
	</select>
);

/** A custom field, then its value: a list where there is one, else a text that Enter applies. */
function FieldFilter( { fields, view, onChange }: { fields: Field[]; view: View; onChange: ( text: string ) => void } ) {
	const applied = splitField( view.filters.field );
	const [ name, setName ] = useState( applied.name );
	const [ value, setValue ] = useState( applied.value );
	const field = fields.find( ( one ) => one.name === name );
	const choices =
		field?.type === FieldType.CHOICE
			? field.choices.map( ( choice ) => ( { value: choice, label: choice } ) )
			: field?.type === FieldType.YES_NO
				? [
						{ value: '1', label: __( 'Yes', 'nxt-cloud-chat' ) },
						{ value: '0', label: __( 'No', 'nxt-cloud-chat' ) },
				  ]
				: null;
	const apply = ( text: string ) => {
		setValue( text );
		onChange( text && name ? `${ name }:${ text }` : '' );
	};
	return (
		<Fragment>
			<Select
				label={ __( 'Custom field', 'nxt-cloud-chat' ) }
				any={ __( 'Any custom field', 'nxt-cloud-chat' ) }
				options={ fields.map( ( one ) => ( { value: one.name, label: one.label } ) ) }
				value={ name }
				onChange={ ( to ) => {
					setName( to );
					setValue( '' );
					if ( view.filters.field ) {
						onChange( '' );
					}
				} }
			/>
			{ field && choices && <Select label={ field.label } any={ __( 'Choose…', 'nxt-cloud-chat' ) } options={ choices } value={ value } onChange={ apply } /> }
			{ field && ! choices && (
				<form
					className="nxtchat-filterbar__value"
					onSubmit={ ( event ) => {
						event.preventDefault();
						apply( value.trim() );
					} }
				>
					<input
						type={ field.type === FieldType.DATE ? 'date' : 'text' }
						aria-label={ field.label }
						value={ value }
						onChange={ ( event ) => setValue( event.target.value ) }
					/>
					<button type="submit" className="button">
						{ __( 'Filter', 'nxt-cloud-chat' ) }
					</button>
				</form>
			) }
		</Fragment>
	);
}
