/** What happened to a contact: edits with their way back, merges, changes of number, imports. */
import { createElement, Fragment, useState } from '@wordpress/element';
import { __, sprintf } from '@wordpress/i18n';
import type { ReactNode } from 'react';

import { boot, serverNow } from '../core/boot';
import { ContactLog } from '../core/enums';
import { countryName, languageName } from '../core/places';
import { useStore } from '../core/store';
import { dateTime, timeAgo } from '../core/time';
import type { ContactFull, LogItem } from '../core/types';
import { LoadError, Skeleton } from '../core/ui';
import { directory } from '../group/store';
import { identityText } from './IdentityCard';
import { loadLog, page, splitMerge, undoEdit } from './page-actions';
import { changesOf, type Change } from './page-store';
import { href } from './router';
import { fieldValue, sourceLabel } from './words';

export function TimelineCard( { contact }: { contact: ContactFull } ) {
	const log = useStore( page, ( state ) => state.log );
	const next = useStore( page, ( state ) => state.logNext );
	const error = useStore( page, ( state ) => state.errors.log );
	const items = ( log ?? [] ).filter( ( { kind } ) => kind !== ContactLog.NOTE );
	return (
		<section className="nxtchat-card" aria-labelledby="nxtchat-timeline">
			<h2 id="nxtchat-timeline">{ __( 'What happened', 'nxt-cloud-chat' ) }</h2>
			{ error && <LoadError error={ error } onRetry={ () => void loadLog( contact.id ) } /> }
			{ ! log && ! error && <Skeleton rows={ 3 } label={ __( 'Loading', 'nxt-cloud-chat' ) } /> }
			{ log && ! items.length && <p className="nxtchat-soft">{ __( 'Nothing yet: changes appear here, each with who made it.', 'nxt-cloud-chat' ) }</p> }
			<ol className="nxtchat-events">
				{ items.map( ( item ) => (
					<Entry key={ item.id } contact={ contact } item={ item } />
				) ) }
			</ol>
			{ next && (
				<button type="button" className="button" onClick={ () => void loadLog( contact.id, true ) }>
					{ __( 'Show older', 'nxt-cloud-chat' ) }
				</button>
			) }
		</section>
	);
}

function Entry( { contact, item }: { contact: ContactFull; item: LogItem } ) {
	const merges = useStore( page, ( state ) => state.merges );
	const log = useStore( page, ( state ) => state.log );
	const [ isBusy, setBusy ] = useState( false );
	const data = item.data ?? {};
	const run = async ( work: Promise< boolean > ) => {
		setBusy( true );
		await work;
		setBusy( false );
	};
	const mergeId = Number( data.merge_id ?? 0 );
	const merge = merges.find( ( { id } ) => id === mergeId );
	const canUndo = item.kind === ContactLog.EDITED && ! data.undoes && ! log?.some( ( one ) => one.data?.undoes === item.id );
	return (
		<li>
			<div className="nxtchat-events__line">
				<strong>{ title( item, merge?.gone.name ) }</strong>
				{ boot.caps.contacts && canUndo && (
					<button type="button" className="button-link" disabled={ isBusy } onClick={ () => void run( undoEdit( contact.id, item.id ) ) }>
						{ __( 'Undo', 'nxt-cloud-chat' ) }
						<span className="screen-reader-text">{ `: ${ title( item ) }, ${ dateTime( item.at_ms ) }` }</span>
					</button>
				) }
				{ boot.caps.contacts && item.kind === ContactLog.MERGED && merge?.can_split && (
					<button type="button" className="button-link" disabled={ isBusy } onClick={ () => void run( splitMerge( contact.id, mergeId ) ) }>
						{ __( 'Split again', 'nxt-cloud-chat' ) }
					</button>
				) }
				{ item.kind === ContactLog.IMPORTED && Number( data.import_id ) > 0 && boot.caps.contacts && (
					<a href={ href( 'import', Number( data.import_id ) ) }>{ __( 'Show the import', 'nxt-cloud-chat' ) }</a>
				) }
			</div>
			<Changes changes={ changesOf( item.data ) } />
			{ item.text && <p dir="auto">{ item.text }</p> }
			<p className="nxtchat-soft">
				{ item.user && `${ item.user.name } · ` }
				<time title={ dateTime( item.at_ms ) }>{ timeAgo( item.at_ms, serverNow() ) }</time>
			</p>
		</li>
	);
}

function title( item: LogItem, other = '' ): string {
	const data = item.data ?? {};
	const text = ( key: string ) => ( typeof data[ key ] === 'string' || typeof data[ key ] === 'number' ? String( data[ key ] ) : '' );
	switch ( item.kind ) {
		case ContactLog.NOTE:
			return __( 'Note', 'nxt-cloud-chat' );
		case ContactLog.CREATED: {
			const source = text( 'source' );
			/* translators: %s: where from, as in "Import" */
			return source ? sprintf( __( 'Added (%s)', 'nxt-cloud-chat' ), sourceLabel( source ) ) : __( 'Added', 'nxt-cloud-chat' );
		}
		case ContactLog.EDITED:
			return data.undoes ? __( 'An edit was undone', 'nxt-cloud-chat' ) : __( 'Edited', 'nxt-cloud-chat' );
		case ContactLog.MERGED:
			/* translators: %s: name of a person */
			return other ? sprintf( __( 'Merged with %s', 'nxt-cloud-chat' ), other ) : __( 'Merged with another contact', 'nxt-cloud-chat' );
		case ContactLog.SPLIT:
			return __( 'A merge was split again', 'nxt-cloud-chat' );
		case ContactLog.NUMBER_CHANGED:
			return text( 'before' ) || text( 'after' )
				? /* translators: 1: a number, 2: a number */ sprintf( __( 'The number changed from %1$s to %2$s', 'nxt-cloud-chat' ), text( 'before' ) || '—', text( 'after' ) || '—' )
				: __( 'The number changed', 'nxt-cloud-chat' );
		case ContactLog.USER_ID_CHANGED:
			return __( 'WhatsApp gave this person another user id', 'nxt-cloud-chat' );
		case ContactLog.IMPORTED:
			return __( 'Came with, or was changed by, an import', 'nxt-cloud-chat' );
		case ContactLog.IMPORT_UNDONE:
			return __( 'An import was undone', 'nxt-cloud-chat' );
		case ContactLog.LINKED:
			return __( 'Linked with a WordPress user', 'nxt-cloud-chat' );
	}
	return '';
}

function Changes( { changes }: { changes: Change[] } ) {
	const fields = useStore( directory, ( state ) => state.fields );
	if ( ! changes.length ) {
		return null;
	}
	const label = ( what: string ): string => {
		const known: Record< string, string > = {
			name: __( 'Name', 'nxt-cloud-chat' ),
			phone: __( 'Phone', 'nxt-cloud-chat' ),
			email: __( 'Email', 'nxt-cloud-chat' ),
			country: __( 'Country', 'nxt-cloud-chat' ),
			language: __( 'Language', 'nxt-cloud-chat' ),
			groups: __( 'Groups', 'nxt-cloud-chat' ),
			identities: __( 'Known by', 'nxt-cloud-chat' ),
		};
		const name = what.replace( /^fields\./, '' );
		return known[ what ] ?? fields?.find( ( field ) => field.name === name )?.label ?? name;
	};
	const value = ( what: string, of: unknown ): ReactNode => {
		if ( Array.isArray( of ) ) {
			// Groups and identities that went or came.
			return of.map( ( one: { name?: string; kind?: number; value?: string } ) => one.name ?? identityText( { kind: one.kind ?? 0, value: one.value ?? '' } ) ).join( ', ' ) || '—';
		}
		const text = String( of ?? '' );
		if ( what === 'country' ) {
			return countryName( text ) || '—';
		}
		if ( what === 'language' ) {
			return languageName( text ) || '—';
		}
		return fieldValue( what.startsWith( 'fields.' ) ? fields?.find( ( { name } ) => `fields.${ name }` === what ) : undefined, text ) || '—';
	};
	return (
		<ul className="nxtchat-changes">
			{ changes.map( ( { what, before, after } ) => (
				<li key={ what }>
					<span className="nxtchat-soft">{ `${ label( what ) }: ` }</span>
					<Fragment>
						<del>{ value( what, before ) }</del>
						<span aria-hidden="true"> → </span>
						<ins>{ value( what, after ) }</ins>
					</Fragment>
				</li>
			) ) }
		</ul>
	);
}
