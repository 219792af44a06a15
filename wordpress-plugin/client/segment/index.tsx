/** The Segments tab of the Contacts screen: saved conditions, and who is in them. */
import { createElement, Fragment, useEffect, useState } from '@wordpress/element';
import { __, sprintf } from '@wordpress/i18n';

import { href, type Route } from '../contact/router';
import { boot, serverNow } from '../core/boot';
import type { ApiError } from '../core/error';
import { peopleCount } from '../core/number';
import { useStore } from '../core/store';
import { timeAgo } from '../core/time';
import type { Segment } from '../core/types';
import { Empty, ErrorNotice, LoadError, Skeleton } from '../core/ui';
import { asError, load, remove, segments } from './actions';
import { ConfirmDelete, Editor } from './Editor';
import { examples } from './examples';
import '../core/form.css';
import './segment.css';

export function SegmentTab( { route }: { route: Route } ) {
	const list = useStore( segments, ( state ) => state.segments );
	const fields = useStore( segments, ( state ) => state.fields );
	const error = useStore( segments, ( state ) => state.error );
	useEffect( () => void load(), [] );

	if ( ! list || ! fields ) {
		return error ? (
			<LoadError error={ error } onRetry={ () => void load() } />
		) : (
			<Skeleton rows={ 4 } label={ __( 'Loading segments', 'nxt-cloud-chat' ) } />
		);
	}
	if ( route.query.new ) {
		const copied = list.find( ( { id } ) => String( id ) === route.query.copy );
		const start = copied
			? {
					...copied,
					/* translators: %s: name of a segment */
					name: sprintf( __( 'Copy of %s', 'nxt-cloud-chat' ), copied.name ),
			  }
			: examples( fields, boot.locale.split( '-' )[ 1 ] ?? '' ).find( ( { key } ) => key === route.query.new );
		return <Editor key={ `${ route.query.new } ${ route.query.copy ?? '' }` } segment={ null } start={ start } fields={ fields } />;
	}
	if ( route.id !== null ) {
		const segment = list.find( ( { id } ) => id === route.id );
		return segment ? (
			<Editor key={ segment.id } segment={ segment } fields={ fields } isNew={ route.query.saved === '1' } />
		) : (
			<Empty icon="question" title={ __( 'This segment is not there any more.', 'nxt-cloud-chat' ) }>
				<a className="button" href={ href( 'segments' ) }>
					{ __( 'All segments', 'nxt-cloud-chat' ) }
				</a>
			</Empty>
		);
	}
	return <List list={ list } />;
}

function List( { list }: { list: Segment[] } ) {
	const fields = useStore( segments, ( state ) => state.fields ) ?? [];
	const [ asking, setAsking ] = useState< Segment | null >( null );
	const [ error, setError ] = useState< ApiError | null >( null );
	const mayChange = boot.caps.contacts;
	const drop = async ( segment: Segment ) => {
		setAsking( null );
		setError( null );
		try {
			await remove( segment.id );
		} catch ( reason ) {
			setError( asError( reason ) );
		}
	};
	const ready = mayChange ? examples( fields, boot.locale.split( '-' )[ 1 ] ?? '' ) : [];
	return (
		<Fragment>
			<div className="nxtchat-head">
				<h2>{ __( 'Segments', 'nxt-cloud-chat' ) }</h2>
				{ mayChange && (
					<a className="button" href={ href( 'segments', null, { new: 1 } ) }>
						{ __( 'Add segment', 'nxt-cloud-chat' ) }
					</a>
				) }
			</div>
			<p className="description">
				{ __( 'A segment is a question about your contacts, such as “Who wrote in the last 30 days?”. It is answered anew each time it is used.', 'nxt-cloud-chat' ) }
			</p>
			{ error && <ErrorNotice error={ error } onDismiss={ () => setError( null ) } /> }
			{ list.length > 0 && (
				<table className="widefat striped nxtchat-segments">
					<thead>
						<tr>
							<th scope="col">{ __( 'Name', 'nxt-cloud-chat' ) }</th>
							<th scope="col">{ __( 'People', 'nxt-cloud-chat' ) }</th>
							<th scope="col">{ __( 'Counted', 'nxt-cloud-chat' ) }</th>
							<th scope="col">
								<span className="screen-reader-text">{ __( 'Actions', 'nxt-cloud-chat' ) }</span>
							</th>
						</tr>
					</thead>
					<tbody>
						{ list.map( ( segment ) => (
							<tr key={ segment.id }>
								<th scope="row">
									<a href={ href( 'segments', segment.id ) }>{ segment.name }</a>
									{ segment.description && <span className="description">{ segment.description }</span> }
								</th>
								<td data-label={ __( 'People', 'nxt-cloud-chat' ) }>{ segment.counted_ms ? peopleCount( segment.members ) : '–' }</td>
								<td data-label={ __( 'Counted', 'nxt-cloud-chat' ) }>
									{ segment.counted_ms ? timeAgo( segment.counted_ms, serverNow() ) : __( 'not yet', 'nxt-cloud-chat' ) }
								</td>
								<td className="nxtchat-segments__actions">
									<a href={ href( 'contacts', null, { segment: segment.id } ) } aria-label={ sprintf( /* translators: %s: name of a segment */ __( 'Show contacts of %s', 'nxt-cloud-chat' ), segment.name ) }>
										{ __( 'Show contacts', 'nxt-cloud-chat' ) }
									</a>
									{ mayChange && (
										<Fragment>
											<a href={ href( 'segments', null, { new: 1, copy: segment.id } ) } aria-label={ sprintf( /* translators: %s: name of a segment */ __( 'Duplicate %s', 'nxt-cloud-chat' ), segment.name ) }>
												{ __( 'Duplicate', 'nxt-cloud-chat' ) }
											</a>
											<button
												type="button"
												className="button-link button-link-delete"
												onClick={ () => setAsking( segment ) }
												aria-label={ sprintf( /* translators: %s: name of a segment */ __( 'Delete %s', 'nxt-cloud-chat' ), segment.name ) }
											>
												{ __( 'Delete', 'nxt-cloud-chat' ) }
											</button>
										</Fragment>
									) }
								</td>
							</tr>
						) ) }
					</tbody>
				</table>
			) }
			{ ! list.length && (
				<Empty icon="search" title={ __( 'No segments yet', 'nxt-cloud-chat' ) }>
					<p>{ mayChange ? __( 'Begin with one of these, and change it as you like.', 'nxt-cloud-chat' ) : __( 'Someone who may change contacts can make one.', 'nxt-cloud-chat' ) }</p>
				</Empty>
			) }
			{ ! list.length && ready.length > 0 && (
				<ul className="nxtchat-starts">
					{ ready.map( ( example ) => (
						<li key={ example.key }>
							<a className="nxtchat-card" href={ href( 'segments', null, { new: example.key } ) }>
								<strong>{ example.name }</strong>
								<span>{ example.description }</span>
							</a>
						</li>
					) ) }
				</ul>
			) }
			{ asking && <ConfirmDelete segment={ asking } onConfirm={ () => void drop( asking ) } onClose={ () => setAsking( null ) } /> }
		</Fragment>
	);
}
