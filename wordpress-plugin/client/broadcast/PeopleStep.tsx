/** Who gets it: groups, segments, contacts, numbers, those who did not read another; and who does not. */
import { createElement, Fragment, useEffect, useId, useState } from '@wordpress/element';
import { __, _n, sprintf } from '@wordpress/i18n';

import { request } from '../core/api';
import { boot } from '../core/boot';
import { Chips, type Choice } from '../core/Chips';
import { formatCount, formatNumber } from '../core/number';
import type { ContactItem, CountedPage, Group, Segment } from '../core/types';
import { ErrorNotice, Notice } from '../core/ui';
import { fetchGroups, fetchSegments } from '../group/api';
import * as api from './api';
import { Problems, type StepProps } from './Compose';
import { changed, pieces } from './draft';
import { useWork } from './hooks';
import type { Broadcast } from './types';

/** Lines of one call. */
const PIECE = 2_000;
/** Largest file, bytes. */
const FILE_MAX = 32 * 1024 * 1024;
const SEARCH_MS = 300;

interface Locks {
	flush: () => Promise< void >;
	/** Nothing can be changed meanwhile. */
	lock: ( isLocked: boolean ) => void;
}

const ids = ( values: string[] ): number[] => values.map( Number );
const texts = ( values: number[] ): string[] => values.map( String );

export function PeopleStep( { draft, change, problems, take, flush, lock }: StepProps & Locks ) {
	const { definition } = draft;
	const { audience, exclude } = definition;
	const [ groups, setGroups ] = useState< Group[] >( [] );
	const [ segments, setSegments ] = useState< Segment[] >( [] );
	const [ isLoaded, setLoaded ] = useState( false );
	const [ others, setOthers ] = useState< { id: number; name: string }[] >( [] );
	useEffect( () => {
		void Promise.all( [ fetchGroups().then( setGroups ), fetchSegments().then( setSegments ) ] ).then( () => setLoaded( true ), () => undefined );
		void api.fetchNames().then( ( { items } ) => setOthers( items ), () => undefined );
	}, [] );
	const groupChoices = groups.map( ( { id, name, members } ) => ( { value: `${ id }`, label: `${ name } (${ formatCount( members ) })` } ) );
	const segmentChoices = segments.map( ( { id, name, members } ) => ( { value: `${ id }`, label: `${ name } (${ formatCount( members ) })` } ) );
	const otherChoices = others.map( ( { id, name } ) => ( { value: `${ id }`, label: name } ) );
	const set = ( part: Partial< typeof audience > ) => change( changed( definition, 'audience', part ) );
	const setOut = ( part: Partial< typeof exclude > ) => change( changed( definition, 'exclude', part ) );
	return (
		<Fragment>
			<Problems problems={ problems } />
			<fieldset className="nxtchat-compose__group">
				<legend>{ __( 'Who gets it', 'nxt-cloud-chat' ) }</legend>
				<label className="nxtchat-choice">
					<input type="checkbox" checked={ audience.everybody } onChange={ ( event ) => set( { everybody: event.target.checked } ) } />
					<span>{ __( 'All contacts', 'nxt-cloud-chat' ) }</span>
				</label>
				{ ! audience.everybody && (
					<Fragment>
						{ isLoaded && ! groupChoices.length && ! segmentChoices.length && (
							<p>
								{ __( 'You have no groups or segments yet.', 'nxt-cloud-chat' ) } <a href={ boot.links.contact }>{ __( 'Make some under Contacts', 'nxt-cloud-chat' ) }</a>
							</p>
						) }
						<Many label={ __( 'Groups', 'nxt-cloud-chat' ) } values={ texts( audience.groups ) } choices={ groupChoices } onChange={ ( values ) => set( { groups: ids( values ) } ) } />
						<Many label={ __( 'Segments', 'nxt-cloud-chat' ) } values={ texts( audience.segments ) } choices={ segmentChoices } onChange={ ( values ) => set( { segments: ids( values ) } ) } />
						{ otherChoices.length > 0 && <Many label={ __( 'Those who got a broadcast and did not read it', 'nxt-cloud-chat' ) } values={ texts( audience.not_read ) } choices={ otherChoices } onChange={ ( values ) => set( { not_read: ids( values ) } ) } /> }
						<Persons label={ __( 'Single contacts', 'nxt-cloud-chat' ) } values={ audience.contacts } known={ draft.contacts } onChange={ ( contacts ) => set( { contacts } ) } />
						<Numbers draft={ draft } take={ take } flush={ flush } lock={ lock } onToggle={ ( numbers ) => set( { numbers } ) } />
					</Fragment>
				) }
			</fieldset>
			<fieldset className="nxtchat-compose__group">
				<legend>{ __( 'Who is left out all the same', 'nxt-cloud-chat' ) }</legend>
				<Many label={ __( 'Groups', 'nxt-cloud-chat' ) } values={ texts( exclude.groups ) } choices={ groupChoices } onChange={ ( values ) => setOut( { groups: ids( values ) } ) } />
				<Many label={ __( 'Segments', 'nxt-cloud-chat' ) } values={ texts( exclude.segments ) } choices={ segmentChoices } onChange={ ( values ) => setOut( { segments: ids( values ) } ) } />
				{ otherChoices.length > 0 && <Many label={ __( 'Those who got a broadcast already', 'nxt-cloud-chat' ) } values={ texts( exclude.got ) } choices={ otherChoices } onChange={ ( values ) => setOut( { got: ids( values ) } ) } /> }
				<Persons label={ __( 'Single contacts', 'nxt-cloud-chat' ) } values={ exclude.contacts } known={ draft.contacts } onChange={ ( contacts ) => setOut( { contacts } ) } />
			</fieldset>
			<p className="nxtchat-soft">{ __( 'Everybody gets it once, however often they are chosen. Who opted out never gets it. How many people that makes is counted in step 4.', 'nxt-cloud-chat' ) }</p>
		</Fragment>
	);
}

function Many( { label, values, choices, onChange }: { label: string; values: string[]; choices: Choice[]; onChange: ( values: string[] ) => void } ) {
	const id = useId();
	return choices.length || values.length ? (
		<div className="nxtchat-field">
			<label htmlFor={ id }>{ label }</label>
			<Chips id={ id } label={ label } values={ values } choices={ choices } onChange={ onChange } />
		</div>
	) : null;
}

/** Single people, found by name or number. */
function Persons( { label, values, known, onChange }: { label: string; values: number[]; known: Broadcast[ 'contacts' ]; onChange: ( values: number[] ) => void } ) {
	const id = useId();
	const [ search, setSearch ] = useState( '' );
	const [ found, setFound ] = useState< ContactItem[] >( [] );
	const [ names, setNames ] = useState< Record< string, string > >( {} );
	useEffect( () => {
		const text = search.trim();
		if ( text.length < 2 ) {
			setFound( [] );
			return;
		}
		const abort = new AbortController();
		const timer = setTimeout( () => void request< CountedPage< ContactItem > >( 'contacts', { query: { search: text, limit: 8 }, signal: abort.signal } ).then( ( { items } ) => setFound( items ), () => undefined ), SEARCH_MS );
		return () => {
			clearTimeout( timer );
			abort.abort();
		};
	}, [ search ] );
	const nameOf = ( c: { name: string; phone: string; phone_display?: string; username: string } ) => [ c.name, c.phone_display || c.phone ].filter( Boolean ).join( ' · ' ) || `@${ c.username }`;
	const labelOf = ( value: number ) => names[ value ] ?? known.filter( ( c ) => c.id === value ).map( nameOf )[ 0 ] ?? `#${ value }`;
	return (
		<div className="nxtchat-field">
			<label htmlFor={ id }>{ label }</label>
			{ values.length > 0 && (
				<ul className="nxtchat-chips__list" aria-label={ label }>
					{ values.slice( 0, 50 ).map( ( value ) => (
						<li key={ value } className="nxtchat-chip">
							<bdi>{ labelOf( value ) }</bdi>
							<button type="button" aria-label={ /* translators: %s: name of a contact */ sprintf( __( 'Remove %s', 'nxt-cloud-chat' ), labelOf( value ) ) } onClick={ () => onChange( values.filter( ( one ) => one !== value ) ) }>
								×
							</button>
						</li>
					) ) }
					{ values.length > 50 && <li className="nxtchat-chip">{ /* translators: %s: a number */ sprintf( __( 'and %s more', 'nxt-cloud-chat' ), formatNumber( values.length - 50 ) ) }</li> }
				</ul>
			) }
			<input id={ id } type="search" className="regular-text" autoComplete="off" placeholder={ __( 'Name or number', 'nxt-cloud-chat' ) } value={ search } onChange={ ( event ) => setSearch( event.target.value ) } />
			{ found.length > 0 && (
				<ul className="nxtchat-compose__found">
					{ found
						.filter( ( c ) => ! values.includes( c.id ) )
						.map( ( c ) => (
							<li key={ c.id }>
								<button
									type="button"
									className="button-link"
									onClick={ () => {
										setNames( { ...names, [ c.id ]: nameOf( c ) } );
										onChange( [ ...values, c.id ] );
										setSearch( '' );
									} }
								>
									<bdi>{ nameOf( c ) }</bdi>
								</button>
							</li>
						) ) }
				</ul>
			) }
		</div>
	);
}

/** A file or pasted numbers, handed over in pieces. */
function Numbers( { draft, take, flush, lock, onToggle }: { draft: Broadcast; take: ( draft: Broadcast ) => void; onToggle: ( on: boolean ) => void } & Locks ) {
	const id = useId();
	const [ pasted, setPasted ] = useState( '' );
	const [ progress, setProgress ] = useState( 0 );
	const [ isTooLarge, setTooLarge ] = useState( false );
	const work = useWork();
	const { numbers } = draft;
	const isOn = draft.definition.audience.numbers;
	const handIn = ( text: string, name: string ) =>
		void work.run( async () => {
			const all = pieces( text, PIECE );
			let last: Broadcast | null = null;
			// Each piece changes the draft on the server: a save meanwhile would be told that somebody else did.
			lock( true );
			try {
				await flush();
				for ( const [ index, piece ] of all.entries() ) {
					setProgress( index / all.length );
					last = await api.handIn( draft.id, piece, index > 0, name );
				}
				setPasted( '' );
			} finally {
				lock( false );
				if ( last ) {
					take( last );
				}
			}
		} );
	return (
		<Fragment>
			<label className="nxtchat-choice">
				<input type="checkbox" checked={ isOn } onChange={ ( event ) => onToggle( event.target.checked ) } />
				<span>
					{ __( 'Numbers from a file, or pasted', 'nxt-cloud-chat' ) }
					<span className="nxtchat-soft">{ __( 'One number a line, or CSV. New numbers become contacts that have not agreed to anything, so marketing does not go to them.', 'nxt-cloud-chat' ) }</span>
				</span>
			</label>
			{ isOn && (
				<div className="nxtchat-compose__numbers">
					<p>
						<label htmlFor={ `${ id }-file` }>{ __( 'File', 'nxt-cloud-chat' ) }</label>{ ' ' }
						<input
							id={ `${ id }-file` }
							type="file"
							accept=".csv,.txt,text/csv,text/plain"
							disabled={ work.isBusy }
							onChange={ ( event ) => {
								const file = event.target.files?.[ 0 ];
								setTooLarge( !! file && file.size > FILE_MAX );
								if ( file && file.size <= FILE_MAX ) {
									void file.text().then( ( text ) => handIn( text, file.name ) );
								}
							} }
						/>
					</p>
					<div className="nxtchat-field">
						<label htmlFor={ `${ id }-text` }>{ __( 'Or paste numbers', 'nxt-cloud-chat' ) }</label>
						<textarea id={ `${ id }-text` } rows={ 3 } dir="ltr" value={ pasted } onChange={ ( event ) => setPasted( event.target.value ) } />
						<button type="button" className="button" disabled={ work.isBusy || ! pasted.trim() } onClick={ () => handIn( pasted, '' ) }>
							{ __( 'Take these numbers', 'nxt-cloud-chat' ) }
						</button>
					</div>
					{ work.isBusy && <progress value={ progress } max={ 1 } aria-label={ __( 'Taking in numbers', 'nxt-cloud-chat' ) } /> }
					{ isTooLarge && (
						<Notice kind="error">
							<p>{ /* translators: %s: a number */ sprintf( __( 'This file is larger than %s MB. Import it as contacts instead, and choose their group here.', 'nxt-cloud-chat' ), formatNumber( FILE_MAX / 1024 / 1024 ) ) }</p>
						</Notice>
					) }
					{ work.error && <ErrorNotice error={ work.error } /> }
					{ numbers && numbers.lines > 0 && ! work.isBusy && (
						<div role="status">
							<p>
								{ sprintf(
									/* translators: 1: a number of people, 2: name of a file or empty */
									__( '%1$s people taken in. %2$s', 'nxt-cloud-chat' ),
									formatNumber( numbers.people ),
									numbers.name
								) }{ ' ' }
								{ numbers.duplicate > 0 && /* translators: %s: a number */ sprintf( _n( '%s was there twice.', '%s were there twice.', numbers.duplicate, 'nxt-cloud-chat' ), formatNumber( numbers.duplicate ) ) }{ ' ' }
								{ numbers.heading && /* translators: %s: heading of a column in a file */ sprintf( __( 'The numbers are in the column “%s”.', 'nxt-cloud-chat' ), numbers.heading ) }{ ' ' }
								{ numbers.unknown > 0 && /* translators: %s: a number */ sprintf( __( '%s are no contacts yet and stay out: you may not add contacts.', 'nxt-cloud-chat' ), formatNumber( numbers.unknown ) ) }{ ' ' }
								{ numbers.erased > 0 && /* translators: %s: a number */ sprintf( __( '%s were deleted here before and stay out.', 'nxt-cloud-chat' ), formatNumber( numbers.erased ) ) }
							</p>
							{ numbers.invalid > 0 && (
								<details>
									<summary>{ /* translators: %s: a number */ sprintf( _n( '%s line holds no number', '%s lines hold no number', numbers.invalid, 'nxt-cloud-chat' ), formatNumber( numbers.invalid ) ) }</summary>
									<ol className="nxtchat-compose__lines">
										{ numbers.invalid_lines.map( ( [ line, text ] ) => (
											<li key={ line } value={ line }>
												<bdi>{ text }</bdi>
											</li>
										) ) }
									</ol>
								</details>
							) }
						</div>
					) }
				</div>
			) }
		</Fragment>
	);
}
