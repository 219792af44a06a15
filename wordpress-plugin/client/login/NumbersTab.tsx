/** Which users have a number; help for those who lost theirs. */
import { speak } from '@wordpress/a11y';
import { createElement, useCallback, useEffect, useRef, useState } from '@wordpress/element';
import { _n, __, sprintf } from '@wordpress/i18n';

import { serverNow } from '../core/boot';
import { isAbort, type ApiError } from '../core/error';
import { formatNumber } from '../core/number';
import { dateTime, shortDate, timeAgo } from '../core/time';
import { Confirm, Empty, ErrorNotice, LoadError, Skeleton } from '../core/ui';
import { fetchBindings, removeBinding, type Binding } from './api';
import { asError } from './session';
import { staleLabel } from './words';

const PER_PAGE = 50;
const SETTLE_MS = 250;

export function NumbersTab() {
	const [ search, setSearch ] = useState( '' );
	const [ items, setItems ] = useState< Binding[] | null >( null );
	const [ next, setNext ] = useState< string | null >( null );
	const [ error, setError ] = useState< ApiError | null >( null );
	const [ isBusy, setBusy ] = useState( false );
	const [ removing, setRemoving ] = useState< Binding | null >( null );
	const abort = useRef< AbortController | null >( null );

	const load = useCallback( async ( text: string, cursor: string ) => {
		abort.current?.abort();
		const mine = ( abort.current = new AbortController() );
		setBusy( true );
		setError( null );
		try {
			const page = await fetchBindings( { search: text.trim(), cursor, limit: PER_PAGE }, mine.signal );
			setItems( ( before ) => ( cursor && before ? [ ...before, ...page.items ] : page.items ) );
			setNext( page.next );
			/* translators: %s: a number */
			speak( sprintf( _n( '%s user', '%s users', page.items.length, 'nxt-cloud-chat' ), formatNumber( page.items.length ) ) );
		} catch ( reason ) {
			if ( isAbort( reason ) ) {
				return;
			}
			setError( asError( reason ) );
		}
		setBusy( false );
	}, [] );
	useEffect( () => {
		const timer = setTimeout( () => void load( search, '' ), search ? SETTLE_MS : 0 );
		return () => clearTimeout( timer );
	}, [ search, load ] );

	if ( ! items ) {
		return error ? <LoadError error={ error } onRetry={ () => void load( search, '' ) } /> : <Skeleton rows={ 5 } label={ __( 'Loading the users', 'nxt-cloud-chat' ) } />;
	}
	const isNone = items.length === 0 && search === '' && ! isBusy;
	return (
		<section className="nxtchat-bindings" aria-labelledby="nxtchat-login-numbers">
			<h2 id="nxtchat-login-numbers" className="screen-reader-text">
				{ __( 'Users’ numbers', 'nxt-cloud-chat' ) }
			</h2>
			{ isNone ? (
				<div className="nxtchat-card">
					<Empty icon="people" title={ __( 'No user has a number yet', 'nxt-cloud-chat' ) }>
						<p>{ __( 'People add theirs in their profile, or log in by code for the first time. Under “Moving over” you can ask everybody.', 'nxt-cloud-chat' ) }</p>
					</Empty>
				</div>
			) : (
				<div>
					<div className="nxtchat-listhead">
						<p className="description">{ __( 'Only parts of the numbers are shown. Users change theirs in their profile.', 'nxt-cloud-chat' ) }</p>
						<p className="search-box">
							<label className="screen-reader-text" htmlFor="nxtchat-login-search">
								{ __( 'Search users', 'nxt-cloud-chat' ) }
							</label>
							<input id="nxtchat-login-search" type="search" placeholder={ __( 'Name, e-mail or whole number', 'nxt-cloud-chat' ) } value={ search } onChange={ ( event ) => setSearch( event.target.value ) } />
						</p>
					</div>
					<table className={ `wp-list-table widefat striped nxtchat-table nxtchat-bindingtable${ isBusy ? ' is-busy' : '' }` }>
						<caption className="screen-reader-text">{ __( 'Users with a number, newest first', 'nxt-cloud-chat' ) }</caption>
						<thead>
							<tr>
								<th scope="col" className="column-primary">
									{ __( 'User', 'nxt-cloud-chat' ) }
								</th>
								<th scope="col">{ __( 'Number', 'nxt-cloud-chat' ) }</th>
								<th scope="col">{ __( 'State', 'nxt-cloud-chat' ) }</th>
								<th scope="col">{ __( 'Verified', 'nxt-cloud-chat' ) }</th>
								<th scope="col">{ __( 'Last login by code', 'nxt-cloud-chat' ) }</th>
							</tr>
						</thead>
						<tbody>
							{ items.map( ( item ) => (
								<tr key={ item.user_id } data-user={ item.user_id }>
									<td className="column-primary has-row-actions">
										<strong>{ item.url ? <a href={ item.url }>{ item.name || item.login }</a> : item.name || item.login }</strong>
										{ item.login !== item.name && <span className="nxtchat-soft"> { item.login }</span> }
										<div className="nxtchat-bindingtable__sub">
											<bdi dir="ltr">{ item.phone }</bdi>
											{ item.stale > 0 && <span> · { staleLabel( item.stale ) }</span> }
										</div>
										<div className="row-actions visible">
											<button
												type="button"
												className="button-link button-link-delete"
												aria-label={ /* translators: %s: a user */ sprintf( __( 'Remove the number of %s', 'nxt-cloud-chat' ), item.name || item.login ) }
												onClick={ () => setRemoving( item ) }
											>
												{ __( 'Remove the number', 'nxt-cloud-chat' ) }
											</button>
										</div>
									</td>
									<td>
										<bdi dir="ltr" className="nxtchat-number">
											{ item.phone }
										</bdi>
									</td>
									<td>
										<span className={ `nxtchat-badge is-${ item.stale ? 'warn' : 'ok' }` }>{ staleLabel( item.stale ) }</span>
									</td>
									<td title={ dateTime( item.verified_ms ) }>{ shortDate( item.verified_ms ) }</td>
									<td title={ dateTime( item.seen_ms ) }>{ item.seen_ms > 0 ? timeAgo( item.seen_ms, serverNow() ) : '—' }</td>
								</tr>
							) ) }
							{ items.length === 0 && (
								<tr>
									<td colSpan={ 5 }>{ __( 'Nobody matches.', 'nxt-cloud-chat' ) }</td>
								</tr>
							) }
						</tbody>
					</table>
					{ error && <ErrorNotice error={ error } /> }
					{ next && (
						<p>
							<button type="button" className="button" disabled={ isBusy } onClick={ () => void load( search, next ) }>
								{ __( 'Show more', 'nxt-cloud-chat' ) }
							</button>
						</p>
					) }
				</div>
			) }
			{ removing && (
				<Remove
					binding={ removing }
					onClose={ () => setRemoving( null ) }
					onDone={ () => {
						setItems( items.filter( ( item ) => item.user_id !== removing.user_id ) );
						setRemoving( null );
						speak( __( 'The number is removed.', 'nxt-cloud-chat' ) );
					} }
				/>
			) }
		</section>
	);
}

function Remove( { binding, onClose, onDone }: { binding: Binding; onClose: () => void; onDone: () => void } ) {
	const [ isBusy, setBusy ] = useState( false );
	const [ error, setError ] = useState< ApiError | null >( null );
	const remove = async () => {
		setBusy( true );
		setError( null );
		try {
			await removeBinding( binding.user_id );
			onDone();
		} catch ( reason ) {
			setError( asError( reason ) );
			setBusy( false );
		}
	};
	return (
		<Confirm title={ __( 'Remove the number?', 'nxt-cloud-chat' ) } action={ __( 'Remove the number', 'nxt-cloud-chat' ) } isBusy={ isBusy } onConfirm={ () => void remove() } onClose={ onClose }>
			<p>{ /* translators: %s: a user */ sprintf( __( '%s then logs in with the password, and can add a number again in the profile.', 'nxt-cloud-chat' ), binding.name || binding.login ) }</p>
			{ error && <ErrorNotice error={ error } /> }
		</Confirm>
	);
}
