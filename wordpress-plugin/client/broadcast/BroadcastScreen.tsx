/** The Broadcasts screen: the list; a draft in steps; progress and report; several compared. */
import { createElement, Fragment, useEffect, useRef, useState } from '@wordpress/element';
import { __ } from '@wordpress/i18n';

import { boot } from '../core/boot';
import { Icon } from '../core/icons';
import { Empty, ErrorNotice, LoadError, Skeleton } from '../core/ui';
import * as api from './api';
import { CompareView } from './CompareView';
import { Compose } from './Compose';
import { useLoaded, useWork } from './hooks';
import { List } from './List';
import { Progress } from './Progress';
import { go, to, useRoute } from './router';
import '../core/form.css';
import '../core/list.css';
import './broadcast.css';

export function BroadcastScreen() {
	const route = useRoute();
	const view = useRef< HTMLDivElement >( null );
	// Outlives a look at one or at the comparison, so that going back finds the ticks where they were.
	const [ chosen, setChosen ] = useState< number[] >( [] );
	const place = route.place === 'list' ? 'list' : route.place === 'compare' ? `compare ${ route.ids }` : `${ route.id }`;
	const shown = useRef( place );
	const work = useWork();
	useEffect( () => {
		if ( shown.current !== place ) {
			shown.current = place;
			window.scrollTo( 0, 0 );
			view.current?.focus( { preventScroll: true } );
		}
	}, [ place ] );
	const add = () => void work.run( async () => go( to.broadcast( ( await api.create( {} ) ).id ) ) );
	return (
		<div className="nxtchat-screen nxtchat-listscreen nxtchat-broadcasts">
			<h1 className="wp-heading-inline">{ __( 'Broadcasts', 'nxt-cloud-chat' ) }</h1>
			{ boot.caps.broadcast && boot.accounts.length > 0 && route.place === 'list' && (
				<button type="button" className="page-title-action" disabled={ work.isBusy } onClick={ add }>
					{ __( 'New broadcast', 'nxt-cloud-chat' ) }
				</button>
			) }
			<hr className="wp-header-end" />
			{ work.error && <ErrorNotice error={ work.error } onDismiss={ work.clear } /> }
			<div ref={ view } tabIndex={ -1 } className="nxtchat-listscreen__view">
				{ route.place === 'list' ? (
					<List state={ route.query.state ?? '' } cursor={ route.query.cursor ?? '' } chosen={ chosen } onChoose={ setChosen } onAdd={ add } />
				) : (
					<Fragment>
						<p className="nxtchat-back">
							<a href={ to.list() }>
								<Icon name="back" size={ 18 } />
								{ __( 'All broadcasts', 'nxt-cloud-chat' ) }
							</a>
						</p>
						{ route.place === 'compare' ? <CompareView ids={ route.ids } /> : <One key={ route.id } id={ route.id } /> }
					</Fragment>
				) }
			</div>
		</div>
	);
}

function One( { id }: { id: number } ) {
	const loaded = useLoaded( `${ id }`, ( signal ) => api.fetchOne( id, signal ) );
	const { data, error } = loaded;
	if ( ! data ) {
		return (
			<div className="nxtchat-card">
				{ error ? (
					error.code === 'nxtchat_no_broadcast' ? (
						<Empty icon="question" title={ error.message } />
					) : (
						<LoadError error={ error } onRetry={ () => void loaded.reload() } />
					)
				) : (
					<Skeleton rows={ 6 } label={ __( 'Loading the broadcast', 'nxt-cloud-chat' ) } />
				) }
			</div>
		);
	}
	return data.can.edit && boot.caps.broadcast ? <Compose broadcast={ data } onStarted={ loaded.put } /> : <Progress loaded={ loaded } broadcast={ data } />;
}
