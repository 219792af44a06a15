/** All templates, in the manner of wp-admin's lists. */
import { createElement, Fragment, useEffect, useState } from '@wordpress/element';
import { __, sprintf } from '@wordpress/i18n';

import { boot, serverNow } from '../core/boot';
import { formatNumber } from '../core/number';
import { useStore } from '../core/store';
import { timeAgo } from '../core/time';
import { Empty, ErrorNotice, LoadError, Notice } from '../core/ui';
import { load, store, syncAll, tell, templateCount } from './actions';
import { ListFilters, SearchBox, Views } from './ListFilters';
import { ListTable } from './ListTable';
import { Remove } from './Remove';
import { to } from './router';
import { syncedMs } from './store';
import type { Template } from './types';
import { changed, isFiltered, queryOf, viewOf, type View } from './view';

export function List( { query }: { query: Record< string, string > } ) {
	const view = viewOf( query );
	const here = to.list( queryOf( view ) );
	const list = useStore( store, ( state ) => state.list );
	const [ removing, setRemoving ] = useState< Template | null >( null );

	// `here` says all of `view`.
	// eslint-disable-next-line react-hooks/exhaustive-deps
	useEffect( () => void load( view ), [ here ] );

	const { key, items, next, counts, isLoading, error } = list;
	const isFirstLoad = key === null && ! error;
	const isNone = key !== null && ! items.length && ! isLoading && ! isFiltered( view ) && ! view.cursor && ! Object.keys( counts ?? {} ).length;
	return (
		<Fragment>
			<Told />
			<SyncBar />
			{ error && ! items.length ? (
				<div className="nxtchat-card">
					<LoadError error={ error } onRetry={ () => void load( view ) } />
				</div>
			) : isNone ? (
				<div className="nxtchat-card">
					<None />
				</div>
			) : (
				<Fragment>
					<h2 className="screen-reader-text">{ __( 'Filter templates', 'nxt-cloud-chat' ) }</h2>
					<div className="nxtchat-listhead">
						<Views view={ view } counts={ counts } />
						<SearchBox view={ view } />
					</div>
					<div className="tablenav top">
						<ListFilters view={ view } />
						<Pages view={ view } next={ next } count={ items.length } />
					</div>
					<h2 className="screen-reader-text">{ __( 'List of templates', 'nxt-cloud-chat' ) }</h2>
					{ error && <ErrorNotice error={ error } /> }
					<ListTable view={ view } items={ items } isLoading={ isLoading } isFirstLoad={ isFirstLoad } onRemove={ setRemoving } />
					{ items.length > 5 && (
						<div className="tablenav bottom">
							<Pages view={ view } next={ next } count={ items.length } />
							<br className="clear" />
						</div>
					) }
				</Fragment>
			) }
			{ removing && (
				<Remove
					template={ removing }
					onClose={ () => setRemoving( null ) }
					onDone={ () => {
						setRemoving( null );
						void load( view );
					} }
				/>
			) }
		</Fragment>
	);
}

/** What was just done on another place of this screen, or here. */
export function Told() {
	const told = useStore( store, ( state ) => state.told );
	return told ? (
		<Notice kind="success" onDismiss={ () => tell( '' ) }>
			<p>{ told }</p>
		</Notice>
	) : null;
}

/** "Last synced 5 minutes ago" and the way to do it now. */
function SyncBar() {
	const sync = useStore( store, ( state ) => state.sync );
	const synced = useStore( store, syncedMs );
	if ( ! boot.accounts.length ) {
		return null;
	}
	const isRunning = sync.phase === 'running';
	return (
		<div className="nxtchat-sync">
			<p aria-live="polite">
				{ isRunning ? (
					<Fragment>
						<span className="spinner is-active" aria-hidden="true" />
						{ sync.seen
							? /* translators: %s: a number of templates, as in "120 templates" */ sprintf( __( 'Reading from WhatsApp: %s so far…', 'nxt-cloud-chat' ), templateCount( sync.seen ) )
							: __( 'Reading from WhatsApp…', 'nxt-cloud-chat' ) }
					</Fragment>
				) : sync.phase === 'done' ? (
					<Fragment>
						{ sync.changed
							? /* translators: 1: a number of templates, as in "120 templates", 2: a number */
							  sprintf( __( 'Up to date with WhatsApp: %1$s, %2$s of them new or changed.', 'nxt-cloud-chat' ), templateCount( sync.seen ), formatNumber( sync.changed ) )
							: /* translators: %s: a number of templates, as in "120 templates" */
							  sprintf( __( 'Up to date with WhatsApp: %s, nothing new.', 'nxt-cloud-chat' ), templateCount( sync.seen ) ) }
					</Fragment>
				) : synced ? (
					/* translators: %s: a time, as in "5 minutes ago" */
					sprintf( __( 'Last synced with WhatsApp: %s. Changes there arrive by themselves.', 'nxt-cloud-chat' ), timeAgo( synced, serverNow() ) )
				) : (
					__( 'Not synced with WhatsApp yet.', 'nxt-cloud-chat' )
				) }
			</p>
			{ boot.caps.manage && (
				<button type="button" className="button" disabled={ isRunning } onClick={ () => void syncAll() }>
					{ __( 'Sync now', 'nxt-cloud-chat' ) }
				</button>
			) }
			{ sync.phase === 'failed' && sync.error && <ErrorNotice error={ sync.error } onDismiss={ () => store.dispatch( { type: 'sync-dismissed' } ) } /> }
		</div>
	);
}

/** Pages are walked forward; back leads the browser's own button, or the first page. */
function Pages( { view, next, count }: { view: View; next: string | null; count: number } ) {
	if ( ! next && ! view.cursor ) {
		return count ? (
			<div className="tablenav-pages one-page">
				<span className="displaying-num">{ templateCount( count ) }</span>
			</div>
		) : null;
	}
	const first = to.list( queryOf( changed( view, {} ) ) );
	return (
		<div className="tablenav-pages">
			<span className="pagination-links">
				<Step sign="«" label={ __( 'First page', 'nxt-cloud-chat' ) } href={ view.cursor ? first : null } />
				<Step sign="›" label={ __( 'Next page', 'nxt-cloud-chat' ) } href={ next && to.list( queryOf( { ...view, cursor: next } ) ) } />
			</span>
		</div>
	);
}

const Step = ( { sign, label, href }: { sign: string; label: string; href: string | null } ) =>
	href ? (
		<a className="button" href={ href }>
			<span className="screen-reader-text">{ label }</span>
			<span aria-hidden="true">{ sign }</span>
		</a>
	) : (
		<span className="tablenav-pages-navspan button disabled" aria-hidden="true">
			{ sign }
		</span>
	);

function None() {
	if ( ! boot.accounts.length ) {
		return (
			<Empty icon="chat" title={ __( 'Connect a WhatsApp number first', 'nxt-cloud-chat' ) }>
				<p>{ __( 'Templates belong to a WhatsApp Business account. Once one is connected, its templates appear here.', 'nxt-cloud-chat' ) }</p>
				{ boot.caps.manage ? (
					<a className="button button-primary" href={ boot.links.account }>
						{ __( 'Connect an account', 'nxt-cloud-chat' ) }
					</a>
				) : (
					<p>{ __( 'Ask an administrator of this site to connect one.', 'nxt-cloud-chat' ) }</p>
				) }
			</Empty>
		);
	}
	return (
		<Empty icon="document" title={ __( 'No templates yet', 'nxt-cloud-chat' ) }>
			<p>{ __( 'A template is a message that WhatsApp has approved. Only templates may be sent to somebody who did not write within the last 24 hours: order updates, reminders, offers, login codes.', 'nxt-cloud-chat' ) }</p>
			{ boot.caps.manage ? (
				<p className="nxtchat-empty__actions">
					<a className="button button-primary" href={ to.starters() }>
						{ __( 'Start from a ready-made one', 'nxt-cloud-chat' ) }
					</a>
					<button type="button" className="button" onClick={ () => void syncAll() }>
						{ __( 'Get those I have at WhatsApp', 'nxt-cloud-chat' ) }
					</button>
				</p>
			) : (
				<p>{ __( 'Somebody with the right to manage WhatsApp can write some.', 'nxt-cloud-chat' ) }</p>
			) }
		</Empty>
	);
}
