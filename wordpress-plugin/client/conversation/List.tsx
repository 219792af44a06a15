/** The list of conversations: filters, rows, load more. */
import { createElement, useEffect, useRef, useState } from '@wordpress/element';
import { __, _n, sprintf } from '@wordpress/i18n';
import type { KeyboardEvent } from 'react';

import { boot } from '../core/boot';
import { Direction } from '../core/enums';
import { Icon } from '../core/icons';
import { useStore } from '../core/store';
import { listTime } from '../core/time';
import type { Conversation } from '../core/types';
import { Avatar, Empty, LoadError, Skeleton } from '../core/ui';
import { mediaIcon } from '../message/media';
import { Ticks } from '../message/Ticks';
import { summary } from '../message/words';
import { inbox, loadList, loadMore, select, setFilters } from './actions';

/** Quiet time after the last key before the search runs, ms. */
const SEARCH_DELAY_MS = 250;

export const displayName = ( { contact }: Conversation ): string =>
	contact.name || contact.phone || ( contact.username && `@${ contact.username }` ) || __( 'Unknown contact', 'nxt-cloud-chat' );

export function List( { nowMs }: { nowMs: number } ) {
	const ids = useStore( inbox, ( state ) => state.ids );
	const conversations = useStore( inbox, ( state ) => state.conversations );
	const selected = useStore( inbox, ( state ) => state.selected );
	const phase = useStore( inbox, ( state ) => state.phase );
	const isLoaded = useStore( inbox, ( state ) => state.isLoaded );
	const error = useStore( inbox, ( state ) => state.error );
	const next = useStore( inbox, ( state ) => state.next );
	const filters = useStore( inbox, ( state ) => state.filters );
	const list = useRef< HTMLUListElement >( null );
	const [ focused, setFocused ] = useState< number | null >( null );

	// One row is in the tab order; arrows move within the list.
	const tabStop = focused !== null && ids.includes( focused ) ? focused : selected !== null && ids.includes( selected ) ? selected : ids[ 0 ];
	const onKeyDown = ( event: KeyboardEvent ) => {
		const at = ids.indexOf( tabStop ?? -1 );
		const to = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: ids.length - 1 }[ event.key ];
		const id = to === undefined ? undefined : ids[ Math.min( ids.length - 1, Math.max( 0, to ) ) ];
		if ( id !== undefined ) {
			event.preventDefault();
			setFocused( id );
			list.current?.querySelector< HTMLButtonElement >( `[data-conversation="${ id }"]` )?.focus();
		}
	};
	const isFiltered = filters.search !== '' || filters.unread || filters.account !== 0;

	return (
		<section className="nxtchat-list" aria-label={ __( 'Conversations', 'nxt-cloud-chat' ) }>
			<FilterBar />
			<div className={ `nxtchat-list__scroll${ phase === 'loading' && isLoaded ? ' is-busy' : '' }` }>
				{ error && ! ids.length && <LoadError error={ error } onRetry={ () => void loadList() } /> }
				{ ! isLoaded && ! error && <Skeleton rows={ 6 } label={ __( 'Loading conversations', 'nxt-cloud-chat' ) } /> }
				{ isLoaded && ! ids.length && ! error && <Nothing isFiltered={ isFiltered } /> }
				{ ids.length > 0 && (
					<ul ref={ list } onKeyDown={ onKeyDown }>
						{ ids.map( ( id ) => {
							const conversation = conversations[ id ];
							return conversation ? (
								<Row
									key={ id }
									conversation={ conversation }
									isSelected={ id === selected }
									isTabStop={ id === tabStop }
									nowMs={ nowMs }
									onFocus={ () => setFocused( id ) }
								/>
							) : null;
						} ) }
					</ul>
				) }
				{ next && ids.length > 0 && (
					<div className="nxtchat-list__more">
						<button type="button" className="button" disabled={ phase === 'more' } onClick={ () => void loadMore() }>
							{ phase === 'more' ? __( 'Loading…', 'nxt-cloud-chat' ) : __( 'Load more', 'nxt-cloud-chat' ) }
						</button>
					</div>
				) }
				{ error && ids.length > 0 && (
					<p className="nxtchat-list__error" role="alert">
						{ error.message }{ ' ' }
						<button type="button" className="button-link" onClick={ () => void loadList() }>
							{ __( 'Try again', 'nxt-cloud-chat' ) }
						</button>
					</p>
				) }
			</div>
		</section>
	);
}

function FilterBar() {
	const filters = useStore( inbox, ( state ) => state.filters );
	const [ search, setSearch ] = useState( filters.search );
	useEffect( () => {
		if ( search.trim() === inbox.get().filters.search ) {
			return;
		}
		const timer = setTimeout( () => setFilters( { search: search.trim() } ), SEARCH_DELAY_MS );
		return () => clearTimeout( timer );
	}, [ search ] );
	return (
		<div className="nxtchat-list__filters">
			<label className="nxtchat-search">
				<Icon name="search" />
				<span className="screen-reader-text">{ __( 'Search by name or number', 'nxt-cloud-chat' ) }</span>
				<input
					type="search"
					value={ search }
					placeholder={ __( 'Search name or number', 'nxt-cloud-chat' ) }
					onChange={ ( event ) => setSearch( event.target.value ) }
				/>
			</label>
			<div className="nxtchat-list__row">
				<div className="nxtchat-tabs" role="group" aria-label={ __( 'Show', 'nxt-cloud-chat' ) }>
					<button type="button" aria-pressed={ ! filters.unread } onClick={ () => setFilters( { unread: false } ) }>
						{ __( 'All', 'nxt-cloud-chat' ) }
					</button>
					<button type="button" aria-pressed={ filters.unread } onClick={ () => setFilters( { unread: true } ) }>
						{ __( 'Unread', 'nxt-cloud-chat' ) }
						<UnreadTotal />
					</button>
				</div>
				{ boot.accounts.length > 1 && (
					<select
						aria-label={ __( 'Number', 'nxt-cloud-chat' ) }
						value={ filters.account }
						onChange={ ( event ) => setFilters( { account: Number( event.target.value ) } ) }
					>
						<option value={ 0 }>{ __( 'All numbers', 'nxt-cloud-chat' ) }</option>
						{ boot.accounts.map( ( { id, name, display_phone: phone } ) => (
							<option key={ id } value={ id }>
								{ name || phone }
							</option>
						) ) }
					</select>
				) }
			</div>
		</div>
	);
}

function UnreadTotal() {
	const total = useStore( inbox, ( state ) => state.unreadTotal );
	return total > 0 ? <span className="nxtchat-count">{ total }</span> : null;
}

function Nothing( { isFiltered }: { isFiltered: boolean } ) {
	if ( isFiltered ) {
		return (
			<Empty icon="search" title={ __( 'Nothing matches.', 'nxt-cloud-chat' ) }>
				<p>{ __( 'Search finds beginnings of names, and numbers.', 'nxt-cloud-chat' ) }</p>
			</Empty>
		);
	}
	const phone = boot.accounts[ 0 ]?.display_phone;
	return (
		<Empty icon="chat" title={ __( 'No conversations yet', 'nxt-cloud-chat' ) }>
			<p>
				{ phone
					? sprintf(
							/* translators: %s: phone number */
							__( 'Send a WhatsApp message from any phone to %s: it appears here within two seconds.', 'nxt-cloud-chat' ),
							phone
					  )
					: __( 'A message to your number appears here within two seconds.', 'nxt-cloud-chat' ) }
			</p>
		</Empty>
	);
}

interface RowProps {
	conversation: Conversation;
	isSelected: boolean;
	isTabStop: boolean;
	nowMs: number;
	onFocus: () => void;
}

function Row( { conversation, isSelected, isTabStop, nowMs, onFocus }: RowProps ) {
	const { id, unread, last } = conversation;
	const icon = last ? mediaIcon( last.type ) : undefined;
	const account =
		boot.accounts.length > 1 ? boot.accounts.find( ( one ) => one.id === conversation.account_id ) : undefined;
	return (
		<li>
			<button
				type="button"
				className={ `nxtchat-item${ unread ? ' is-unread' : '' }` }
				data-conversation={ id }
				aria-current={ isSelected ? 'true' : undefined }
				tabIndex={ isTabStop ? 0 : -1 }
				onFocus={ onFocus }
				onClick={ () => select( id ) }
			>
				<Avatar id={ conversation.contact.id } name={ conversation.contact.name } />
				<span className="nxtchat-item__name">
					<bdi>{ displayName( conversation ) }</bdi>
				</span>
				<time className="nxtchat-item__time">{ conversation.last_ms > 0 && listTime( conversation.last_ms, nowMs ) }</time>
				<span className="nxtchat-item__preview">
					{ last?.direction === Direction.OUT && <Ticks state={ last.state } /> }
					{ icon && <Icon name={ icon } size={ 16 } /> }
					<bdi>{ last ? summary( last.type, last.text ) : '' }</bdi>
				</span>
				{ unread > 0 && (
					<span className="nxtchat-count">
						<span aria-hidden="true">{ unread > 99 ? '99+' : unread }</span>
						<span className="screen-reader-text">
							{ /* translators: %d: messages */ sprintf( _n( '%d unread message', '%d unread messages', unread, 'nxt-cloud-chat' ), unread ) }
						</span>
					</span>
				) }
				{ account && <span className="nxtchat-item__account">{ account.name || account.display_phone }</span> }
			</button>
		</li>
	);
}
