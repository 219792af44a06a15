/** The history: every message in and out. */
import { createElement, Fragment, useEffect } from '@wordpress/element';
import { __ } from '@wordpress/i18n';

import { boot } from '../core/boot';
import { useStore } from '../core/store';
import { Empty, LoadError, Skeleton } from '../core/ui';
import { Detail } from './Detail';
import { Filters } from './Filters';
import { load, messages } from './actions';
import { Table } from './Table';
import './message.css';
import './history.css';

export function History() {
	const items = useStore( messages, ( state ) => state.items );
	const phase = useStore( messages, ( state ) => state.phase );
	const isLoaded = useStore( messages, ( state ) => state.isLoaded );
	const error = useStore( messages, ( state ) => state.error );
	const next = useStore( messages, ( state ) => state.next );
	const filters = useStore( messages, ( state ) => state.filters );
	const isFiltered = Object.values( filters ).some( Boolean );

	useEffect( () => void load(), [] );

	return (
		<div className="nxtchat-screen">
			<h1 className="wp-heading-inline">{ __( 'Message history', 'nxt-cloud-chat' ) }</h1>
			<Filters />
			{ error && ! items.length && <LoadError error={ error } onRetry={ () => void load() } /> }
			{ ! isLoaded && ! error && <Skeleton rows={ 8 } label={ __( 'Loading messages', 'nxt-cloud-chat' ) } /> }
			{ isLoaded && ! items.length && ! error && (
				<div className="nxtchat-card">
					{ isFiltered ? (
						<Empty icon="search" title={ __( 'No message matches these filters.', 'nxt-cloud-chat' ) } />
					) : (
						<Empty icon="chat" title={ __( 'No messages yet', 'nxt-cloud-chat' ) }>
							<p>{ __( 'Every message in and out is listed here.', 'nxt-cloud-chat' ) }</p>
							{ ! boot.accounts.length && boot.caps.manage && (
								<a className="button button-primary" href={ boot.links.account }>
									{ __( 'Connect a number', 'nxt-cloud-chat' ) }
								</a>
							) }
						</Empty>
					) }
				</div>
			) }
			{ items.length > 0 && (
				<Fragment>
					<div className={ phase === 'loading' ? 'is-busy' : '' } aria-busy={ phase === 'loading' }>
						<Table items={ items } />
					</div>
					<div className="nxtchat-more">
						{ error && (
							<p role="alert">
								{ error.message } { error.remedy }
							</p>
						) }
						{ next ? (
							<button type="button" className="button" disabled={ phase !== 'idle' } onClick={ () => void load( true ) }>
								{ phase === 'more' ? __( 'Loading…', 'nxt-cloud-chat' ) : __( 'Load more', 'nxt-cloud-chat' ) }
							</button>
						) : (
							<p>{ __( 'That is all.', 'nxt-cloud-chat' ) }</p>
						) }
					</div>
				</Fragment>
			) }
			<Detail />
		</div>
	);
}
