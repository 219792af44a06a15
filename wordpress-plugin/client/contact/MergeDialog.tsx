/** Two contacts that are one person: find the other, look at both, merge. */
import { createElement, Fragment, useEffect, useState } from '@wordpress/element';
import { __, _n, sprintf } from '@wordpress/i18n';
import type { ReactNode } from 'react';

import type { Consent } from '../core/enums';
import { isAbort, type ApiError } from '../core/error';
import { Control } from '../core/form';
import { formatNumber } from '../core/number';
import { countryName, languageName } from '../core/places';
import { useStore } from '../core/store';
import type { ContactFull, ContactItem } from '../core/types';
import { Avatar, Dialog, ErrorNotice, LoadError, Notice, Skeleton } from '../core/ui';
import { asError, directory } from '../group/store';
import { fetchDuplicates, fetchMergePreview, searchContacts, type MergePreview } from './api';
import { ConsentBadge } from './ConsentBadge';
import { identityText } from './IdentityCard';
import { mergeInto } from './page-actions';
import { go, href } from './router';
import { consentLabel, contactName, fieldValue, marketingLabel } from './words';

/** Quiet time after the last key before the search runs, ms. */
const SEARCH_DELAY_MS = 300;

/** @param with The other one, when it is known already; 0 = it is looked for. */
export function MergeDialog( { contact, with: known = 0, onClose }: { contact: ContactFull; with?: number; onClose: () => void } ) {
	const [ other, setOther ] = useState( known );
	return (
		<Dialog
			/* translators: %s: name of a person */
			title={ sprintf( __( 'Merge %s with another contact', 'nxt-cloud-chat' ), contactName( contact ) ) }
			onClose={ onClose }
			className="is-wide"
		>
			{ other ? (
				<Preview contact={ contact } other={ other } onBack={ () => setOther( 0 ) } onClose={ onClose } />
			) : (
				<Find contact={ contact } onChoose={ setOther } />
			) }
		</Dialog>
	);
}

function Find( { contact, onChoose }: { contact: ContactFull; onChoose: ( other: number ) => void } ) {
	const [ search, setSearch ] = useState( '' );
	const [ found, setFound ] = useState< ContactItem[] | null >( null );
	const [ alike, setAlike ] = useState< ContactItem[] >( [] );
	const [ error, setError ] = useState< ApiError | null >( null );
	const { id } = contact;

	useEffect( () => {
		fetchDuplicates( id ).then(
			( { items } ) => setAlike( items ),
			() => undefined // Only a suggestion.
		);
	}, [ id ] );
	useEffect( () => {
		const text = search.trim();
		if ( ! text ) {
			return;
		}
		const abort = new AbortController();
		const timer = setTimeout( async () => {
			try {
				const { items } = await searchContacts( text, abort.signal );
				setFound( items.filter( ( one ) => one.id !== id ) );
				setError( null );
			} catch ( reason ) {
				if ( ! isAbort( reason ) ) {
					setError( asError( reason ) );
				}
			}
		}, SEARCH_DELAY_MS );
		return () => {
			clearTimeout( timer );
			abort.abort();
		};
	}, [ search, id ] );

	const shown = search.trim() ? found : alike;
	return (
		<Fragment>
			<p>{ __( 'When one person is in your list twice, with an old and a new number for example. Nothing is lost: you see everything before, and can split them again.', 'nxt-cloud-chat' ) }</p>
			<Control label={ __( 'The other contact', 'nxt-cloud-chat' ) } value={ search } onChange={ setSearch } placeholder={ __( 'Name, number, @username', 'nxt-cloud-chat' ) } />
			{ error && <ErrorNotice error={ error } /> }
			{ ! search.trim() && alike.length > 0 && <h3>{ __( 'Look alike', 'nxt-cloud-chat' ) }</h3> }
			<ul className="nxtchat-found" aria-live="polite">
				{ ( shown ?? [] ).map( ( one ) => (
					<li key={ one.id }>
						<button type="button" onClick={ () => onChoose( one.id ) }>
							<Avatar id={ one.id } name={ one.name } size="small" />
							<span>
								<bdi>{ contactName( one ) }</bdi>
								<small>{ [ one.name && ( one.phone_display || one.phone ), one.username && `@${ one.username }`, one.email ].filter( Boolean ).join( ' · ' ) }</small>
							</span>
						</button>
					</li>
				) ) }
			</ul>
			{ search.trim() && found?.length === 0 && <p className="nxtchat-soft">{ __( 'Nobody else matches.', 'nxt-cloud-chat' ) }</p> }
		</Fragment>
	);
}

function Preview( { contact, other, onBack, onClose }: { contact: ContactFull; other: number; onBack: () => void; onClose: () => void } ) {
	const [ isSwapped, setSwapped ] = useState( false );
	const [ preview, setPreview ] = useState< MergePreview | null >( null );
	const [ error, setError ] = useState< ApiError | null >( null );
	const [ isBusy, setBusy ] = useState( false );
	const [ tries, setTries ] = useState( 0 );
	const keep = isSwapped ? other : contact.id;
	const gone = isSwapped ? contact.id : other;

	useEffect( () => {
		let isGone = false;
		fetchMergePreview( keep, gone ).then(
			( found ) => {
				if ( ! isGone ) {
					setPreview( found );
					setError( null );
				}
			},
			( reason: unknown ) => {
				if ( ! isGone ) {
					setError( asError( reason ) );
				}
			}
		);
		return () => {
			isGone = true;
		};
	}, [ keep, gone, tries ] );

	if ( ! preview ) {
		return error ? <LoadError error={ error } onRetry={ () => setTries( tries + 1 ) } /> : <Skeleton rows={ 5 } label={ __( 'Comparing', 'nxt-cloud-chat' ) } />;
	}
	const confirm = async () => {
		setBusy( true );
		setError( null );
		try {
			await mergeInto( keep, gone, contactName( preview.gone ) );
			onClose();
			if ( isSwapped ) {
				go( href( 'contacts', keep ) );
			}
		} catch ( reason ) {
			setError( asError( reason ) );
			setBusy( false );
		}
	};
	return (
		<Fragment>
			{ error && <ErrorNotice error={ error } /> }
			<Comparison preview={ preview } />
			{ preview.conflicts.length > 0 && (
				<Notice kind="warning">
					<p>
						{ sprintf(
							/* translators: %d: a number */
							_n( '%d thing differs and is marked: what is kept stays as it is there.', '%d things differ and are marked: what is kept stays as it is there.', preview.conflicts.length, 'nxt-cloud-chat' ),
							preview.conflicts.length
						) }{ ' ' }
						{ __( 'Of two states of consent the stricter one counts.', 'nxt-cloud-chat' ) }
					</p>
				</Notice>
			) }
			<div className="nxtchat-dialog__actions">
				<button type="button" className="button" onClick={ onBack }>
					{ __( 'Choose somebody else', 'nxt-cloud-chat' ) }
				</button>
				<button type="button" className="button" disabled={ isBusy } onClick={ () => setSwapped( ! isSwapped ) }>
					{ /* translators: %s: name of a person */ sprintf( __( 'Keep the details of %s instead', 'nxt-cloud-chat' ), contactName( preview.gone ) ) }
				</button>
				<button type="button" className="button button-primary" disabled={ isBusy } onClick={ () => void confirm() }>
					{ __( 'Merge', 'nxt-cloud-chat' ) }
				</button>
			</div>
		</Fragment>
	);
}

function Comparison( { preview: { keep, gone, result, conflicts } }: { preview: MergePreview } ) {
	const fields = useStore( directory, ( state ) => state.fields ) ?? [];
	const conflict = ( what: string ) => conflicts.find( ( one ) => one.what === what );
	const lines = ( items: string[] ): ReactNode => ( items.length ? items.map( ( item ) => <div key={ item }><bdi>{ item }</bdi></div> ) : '—' );
	const rows: { what: string; label: string; keep: ReactNode; gone: ReactNode; result: ReactNode }[] = [
		{ what: 'name', label: __( 'Name', 'nxt-cloud-chat' ), keep: keep.name || '—', gone: gone.name || '—', result: result.name || '—' },
		{
			what: 'identities',
			label: __( 'Known by', 'nxt-cloud-chat' ),
			keep: lines( keep.identities.map( identityText ) ),
			gone: lines( gone.identities.map( identityText ) ),
			result: lines( result.identities.map( identityText ) ),
		},
		...simple( 'email', __( 'Email', 'nxt-cloud-chat' ), keep.email, gone.email ),
		...simple( 'country', __( 'Country', 'nxt-cloud-chat' ), countryName( keep.country ), countryName( gone.country ) ),
		...simple( 'language', __( 'Language', 'nxt-cloud-chat' ), languageName( keep.language ), languageName( gone.language ) ),
		...fields.flatMap( ( field ) =>
			simple( `field.${ field.name }`, field.label, fieldValue( field, keep.fields[ field.name ] ?? '' ), fieldValue( field, gone.fields[ field.name ] ?? '' ) )
		),
		{
			what: 'groups',
			label: __( 'Groups', 'nxt-cloud-chat' ),
			keep: lines( keep.groups.map( ( { name } ) => name ) ),
			gone: lines( gone.groups.map( ( { name } ) => name ) ),
			result: lines( result.groups.map( ( { name } ) => name ) ),
		},
		consent( 'marketing', __( 'Marketing', 'nxt-cloud-chat' ), true ),
		...( [ 'utility', 'login' ] as const ).filter( ( name ) => keep[ name ] || gone[ name ] ).map( ( name ) =>
			consent( name, name === 'utility' ? __( 'Service', 'nxt-cloud-chat' ) : __( 'Login codes', 'nxt-cloud-chat' ) )
		),
	];
	function consent( name: 'marketing' | 'utility' | 'login', label: string, isMarketing = false ) {
		const word = ( state: Consent ) => ( isMarketing ? marketingLabel( state ) : consentLabel( state ) );
		return {
			what: `consent.${ name }`,
			label,
			keep: word( keep[ name ] ),
			gone: word( gone[ name ] ),
			result: <ConsentBadge state={ result.consent[ name ] as Consent } isMarketing={ isMarketing } />,
		};
	}
	return (
		<div className="nxtchat-compare">
			<table className="widefat">
				<thead>
					<tr>
						<td />
						<th scope="col">{ __( 'Is kept', 'nxt-cloud-chat' ) }</th>
						<th scope="col">{ __( 'Joins it', 'nxt-cloud-chat' ) }</th>
						<th scope="col" className="nxtchat-compare__result">{ __( 'Together', 'nxt-cloud-chat' ) }</th>
					</tr>
				</thead>
				<tbody>
					{ rows.map( ( row ) => (
						<tr key={ row.what } className={ conflict( row.what ) ? 'is-conflict' : undefined }>
							<th scope="row">
								{ row.label }
								{ conflict( row.what ) && <span className="screen-reader-text">{ ` (${ __( 'differs', 'nxt-cloud-chat' ) })` }</span> }
							</th>
							<td data-colname={ __( 'Is kept', 'nxt-cloud-chat' ) }>{ row.keep }</td>
							<td data-colname={ __( 'Joins it', 'nxt-cloud-chat' ) }>{ row.gone }</td>
							<td data-colname={ __( 'Together', 'nxt-cloud-chat' ) } className="nxtchat-compare__result">{ row.result }</td>
						</tr>
					) ) }
				</tbody>
			</table>
			<p className="nxtchat-soft">
				{ sprintf(
					/* translators: %s: a number */
					_n( '%s message comes together in one history.', '%s messages come together in one history.', result.messages, 'nxt-cloud-chat' ),
					formatNumber( result.messages )
				) }
			</p>
		</div>
	);
}

/** A row of one value each, left out when both have none. What is kept wins. */
function simple( what: string, label: string, keep: string, gone: string ) {
	return keep || gone ? [ { what, label, keep: keep || '—', gone: gone || '—', result: keep || gone } ] : [];
}
