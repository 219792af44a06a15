/** What became of it: funnel, hours, errors, countries, cost, proof, and everybody's own line. */
import { createElement, Fragment, useEffect, useState } from '@wordpress/element';
import { __, sprintf } from '@wordpress/i18n';

import { boot, serverNow } from '../core/boot';
import { formatNumber } from '../core/number';
import { countryName } from '../core/places';
import { dateTime, exactTime, shortDateTime } from '../core/time';
import { Confirm, ErrorNotice, LoadError, Notice, Skeleton } from '../core/ui';
import { categoryLabel } from '../template/words';
import * as api from './api';
import { useLive, useLoaded, useNewest, useWork } from './hooks';
import type { Broadcast, Recipient, Report } from './types';
import { countLabels, money, people, percent, stepLabels } from './words';

const LIVE_MS = 6_000;

export function ReportView( { broadcast, isLive, onChanged }: { broadcast: Broadcast; isLive: boolean; onChanged: () => Promise< void > } ) {
	const loaded = useLoaded( `${ broadcast.id }`, () => api.fetchReport( broadcast.id ) );
	const work = useWork();
	const [ isDoubting, setDoubting ] = useState( false );
	const { data, error } = loaded;
	useLive( loaded.reload, isLive, LIVE_MS );
	if ( ! data ) {
		return <div className="nxtchat-card">{ error ? <LoadError error={ error } onRetry={ () => void loaded.reload() } /> : <Skeleton rows={ 4 } label={ __( 'Loading the report', 'nxt-cloud-chat' ) } /> }</div>;
	}
	const again = data.errors.filter( ( one ) => one.again ).reduce( ( sum, { count } ) => sum + count, 0 );
	const retry = ( which: 'failed' | 'unknown' ) =>
		work.run( async () => {
			for ( let after: number | null = 0; after !== null;  ) {
				after = ( await api.retry( broadcast.id, which, after ) ).next;
			}
			await onChanged();
			await loaded.reload();
		} );
	const may = boot.caps.broadcast && broadcast.can.retry;
	return (
		<Fragment>
			{ work.error && <ErrorNotice error={ work.error } onDismiss={ work.clear } /> }
			<div className="nxtchat-report">
				<Funnel report={ data } />
				<section className="nxtchat-card" aria-labelledby="nxtchat-cost">
					<h2 id="nxtchat-cost">{ __( 'Cost', 'nxt-cloud-chat' ) }</h2>
					{ data.cost.amount !== null && (
						<p className="nxtchat-compose__big">
							<strong>{ money( data.cost ) }</strong>
						</p>
					) }
					<p>
						{ sprintf(
							/* translators: 1: a number, 2: a number */
							__( 'Messages that Meta bills: %1$s. Free ones: %2$s.', 'nxt-cloud-chat' ),
							formatNumber( data.cost.billed ),
							formatNumber( data.cost.free )
						) }{ ' ' }
						{ data.cost.unpriced > 0 && /* translators: %s: a number */ sprintf( __( 'For %s of them you have entered no price (step “Check and send” of any draft).', 'nxt-cloud-chat' ), formatNumber( data.cost.unpriced ) ) }
					</p>
				</section>
				{ data.ab && (
					<section className="nxtchat-card" aria-labelledby="nxtchat-ab">
						<h2 id="nxtchat-ab">{ __( 'A/B test', 'nxt-cloud-chat' ) }</h2>
						<p className="nxtchat-soft">{ verdict( data.ab, broadcast ) }</p>
						<table className="widefat striped">
							<thead>
								<tr>
									<th scope="col">{ __( 'Template', 'nxt-cloud-chat' ) }</th>
									<th scope="col">{ __( 'Sent', 'nxt-cloud-chat' ) }</th>
									<th scope="col">{ __( 'Read', 'nxt-cloud-chat' ) }</th>
									<th scope="col">{ __( 'Answered', 'nxt-cloud-chat' ) }</th>
								</tr>
							</thead>
							<tbody>
								{ data.ab.sides.map( ( side, index ) => (
									<tr key={ index }>
										<th scope="row">
											{ 'AB'[ index ] }: { side.template.name } { data.ab?.winner === index + 1 && <span className="nxtchat-badge is-ok">{ __( 'Better', 'nxt-cloud-chat' ) }</span> }
										</th>
										<td>{ formatNumber( side.sent ?? 0 ) }</td>
										<td>{ side.sent ? percent( ( side.read ?? 0 ) / side.sent ) : '—' }</td>
										<td>{ side.sent ? percent( ( side.replied ?? 0 ) / side.sent ) : '—' }</td>
									</tr>
								) ) }
							</tbody>
						</table>
					</section>
				) }
				<Hours report={ { hours: data.minutes } } id="nxtchat-minutes" title={ __( 'By minute', 'nxt-cloud-chat' ) } />
				<Hours report={ data } id="nxtchat-hours" title={ __( 'By hour', 'nxt-cloud-chat' ) } />
				{ data.errors.length > 0 && (
					<section className="nxtchat-card" aria-labelledby="nxtchat-errors">
						<h2 id="nxtchat-errors">{ __( 'What failed', 'nxt-cloud-chat' ) }</h2>
						<ul className="nxtchat-report__errors">
							{ data.errors.map( ( one ) => (
								<li key={ one.code }>
									<strong>
										{ formatNumber( one.count ) } × { one.title }
									</strong>{ ' ' }
									<span className="nxtchat-soft">({ one.code })</span>
									<br />
									{ one.message } { one.remedy }
								</li>
							) ) }
						</ul>
						{ may && again > 0 && (
							<button type="button" className="button" disabled={ work.isBusy } onClick={ () => void retry( 'failed' ) }>
								{ /* translators: %s: a number */ sprintf( __( 'Send again to those who may get it now (%s)', 'nxt-cloud-chat' ), formatNumber( again ) ) }
							</button>
						) }
					</section>
				) }
				{ data.progress.unknown > 0 && (
					<Notice kind="info">
						<p>
							{ __( 'Of some nobody knows whether WhatsApp took the message: the answer was lost. A status from WhatsApp settles most of them within minutes.', 'nxt-cloud-chat' ) }{ ' ' }
							{ may && (
								<button type="button" className="button-link" onClick={ () => setDoubting( true ) }>
									{ __( 'Send to them again…', 'nxt-cloud-chat' ) }
								</button>
							) }
						</p>
					</Notice>
				) }
				{ data.skipped.length > 0 && (
					<section className="nxtchat-card" aria-labelledby="nxtchat-skipped">
						<h2 id="nxtchat-skipped">{ __( 'Who was left out', 'nxt-cloud-chat' ) }</h2>
						<ul>
							{ data.skipped.map( ( { reason, text, count } ) => (
								<li key={ reason }>
									<strong>{ formatNumber( count ) }</strong> { text }
								</li>
							) ) }
						</ul>
					</section>
				) }
				{ data.countries.length > 1 && (
					<section className="nxtchat-card" aria-labelledby="nxtchat-countries">
						<h2 id="nxtchat-countries">{ __( 'By country', 'nxt-cloud-chat' ) }</h2>
						<table className="widefat striped">
							<thead>
								<tr>
									<th scope="col">{ __( 'Country', 'nxt-cloud-chat' ) }</th>
									<th scope="col">{ __( 'People', 'nxt-cloud-chat' ) }</th>
									<th scope="col">{ __( 'Delivered', 'nxt-cloud-chat' ) }</th>
									<th scope="col">{ __( 'Read', 'nxt-cloud-chat' ) }</th>
									<th scope="col">{ __( 'Failed', 'nxt-cloud-chat' ) }</th>
								</tr>
							</thead>
							<tbody>
								{ data.countries.slice( 0, 30 ).map( ( row ) => (
									<tr key={ row.country }>
										<th scope="row">{ countryName( row.country ) || __( 'Not known', 'nxt-cloud-chat' ) }</th>
										<td>{ formatNumber( row.all ) }</td>
										<td>{ formatNumber( row.delivered ) }</td>
										<td>{ formatNumber( row.read ) }</td>
										<td>{ formatNumber( row.failed ) }</td>
									</tr>
								) ) }
							</tbody>
						</table>
					</section>
				) }
				<section className="nxtchat-card" aria-labelledby="nxtchat-proof">
					<h2 id="nxtchat-proof">
						{ __( 'Everybody once: the proof', 'nxt-cloud-chat' ) } <span className={ `nxtchat-badge is-${ data.proof.ok ? 'ok' : 'warn' }` }>{ data.proof.ok ? __( 'All holds', 'nxt-cloud-chat' ) : __( 'Something differs', 'nxt-cloud-chat' ) }</span>
					</h2>
					<ul className="nxtchat-report__proof">
						{ data.proof.lines.map( ( { what, ok, left, right } ) => (
							<li key={ what } className={ ok ? 'is-ok' : 'is-bad' }>
								{ ok ? '✓' : '✗' } { what } <span className="nxtchat-soft">{ ok ? formatNumber( left ) : `${ formatNumber( left ) } ≠ ${ formatNumber( right ) }` }</span>
							</li>
						) ) }
					</ul>
					{ data.proof.perhaps_twice > 0 && (
						<p>
							{ /* translators: %s: people, as in "1,204 people" */ sprintf( __( '%s may have got it twice: nobody knew whether the first message had gone out, and it was sent again.', 'nxt-cloud-chat' ), people( data.proof.perhaps_twice ) ) }
						</p>
					) }
				</section>
			</div>
			{ isDoubting && (
				<Confirm
					title={ /* translators: %s: people, as in "1,204 people" */ sprintf( __( 'Send to %s again?', 'nxt-cloud-chat' ), people( data.progress.unknown ) ) }
					action={ __( 'Send again', 'nxt-cloud-chat' ) }
					isBusy={ work.isBusy }
					onClose={ () => setDoubting( false ) }
					onConfirm={ () => void retry( 'unknown' ).then( () => setDoubting( false ) ) }
				>
					<p>{ __( 'Some of them may have got it already, and then get it twice.', 'nxt-cloud-chat' ) }</p>
				</Confirm>
			) }
			<Recipients id={ broadcast.id } stateName={ broadcast.state_name } />
		</Fragment>
	);
}

function Funnel( { report }: { report: Report } ) {
	const { funnel } = report;
	const all = Math.max( 1, funnel.audience );
	return (
		<section className="nxtchat-card" aria-labelledby="nxtchat-funnel">
			<h2 id="nxtchat-funnel">{ __( 'How far it got', 'nxt-cloud-chat' ) }</h2>
			<table className="nxtchat-funnel">
				<tbody>
					{ stepLabels().map( ( [ key, label ] ) => (
						<tr key={ key }>
							<th scope="row">{ label }</th>
							<td>
								<span className="nxtchat-funnel__bar" style={ { width: `${ ( 100 * funnel[ key ] ) / all }%` } } aria-hidden="true" />
							</td>
							<td>{ formatNumber( funnel[ key ] ) }</td>
							<td className="nxtchat-soft">{ percent( funnel[ key ] / all ) }</td>
						</tr>
					) ) }
				</tbody>
			</table>
			<p className="nxtchat-soft">{ __( 'Shares of the audience. Answers, buttons and opt-outs count for 7 days after sending.', 'nxt-cloud-chat' ) }</p>
		</section>
	);
}

/** What an A/B test came to. */
function verdict( ab: NonNullable< Report[ 'ab' ] >, { definition, winner }: Broadcast ): string {
	if ( winner ) {
		return __( 'It is decided: the better one went to everybody else.', 'nxt-cloud-chat' );
	}
	if ( definition.ab?.share === 100 ) {
		return __( 'Half of the people got each. Nothing was decided.', 'nxt-cloud-chat' );
	}
	return ab.by === 'read' ? __( 'Not decided yet. The one that more people read wins.', 'nxt-cloud-chat' ) : __( 'Not decided yet. The one that more people answer wins.', 'nxt-cloud-chat' );
}

/** Bars of the hours (or minutes), as a table to who does not see them. */
function Hours( { report, id, title }: { report: Pick< Report, 'hours' >; id: string; title: string } ) {
	if ( report.hours.length < 2 ) {
		return null;
	}
	const most = Math.max( 1, ...report.hours.map( ( { sent, read } ) => Math.max( sent, read ) ) );
	return (
		<section className="nxtchat-card" aria-labelledby={ id }>
			<h2 id={ id }>{ title }</h2>
			<p className="nxtchat-hours__key" aria-hidden="true">
				<span className="nxtchat-dot is-sent" /> { __( 'Sent', 'nxt-cloud-chat' ) } <span className="nxtchat-dot is-read" /> { __( 'Read', 'nxt-cloud-chat' ) }
			</p>
			<div className="nxtchat-hours" aria-hidden="true">
				{ report.hours.map( ( { at_ms: at, sent, read } ) => (
					<span key={ at } title={ `${ dateTime( at ) }: ${ formatNumber( sent ) } / ${ formatNumber( read ) }` }>
						<i className="is-sent" style={ { height: `${ ( 100 * sent ) / most }%` } } />
						<i className="is-read" style={ { height: `${ ( 100 * read ) / most }%` } } />
					</span>
				) ) }
			</div>
			<p className="nxtchat-hours__ends" aria-hidden="true">
				<span>{ dateTime( report.hours[ 0 ]?.at_ms ?? 0 ) }</span>
				<span>{ dateTime( report.hours[ report.hours.length - 1 ]?.at_ms ?? 0 ) }</span>
			</p>
			<table className="screen-reader-text">
				<tbody>
					{ report.hours.map( ( { at_ms: at, sent, delivered, read, failed } ) => (
						<tr key={ at }>
							<th scope="row">{ dateTime( at ) }</th>
							<td>{ /* translators: 1–4: numbers */ sprintf( __( '%1$s sent, %2$s delivered, %3$s read, %4$s failed', 'nxt-cloud-chat' ), formatNumber( sent ), formatNumber( delivered ), formatNumber( read ), formatNumber( failed ) ) }</td>
						</tr>
					) ) }
				</tbody>
			</table>
		</section>
	);
}

/** Everybody, with their states. */
function Recipients( { id, stateName }: { id: number; stateName: string } ) {
	const [ state, setState ] = useState( '' );
	const [ items, setItems ] = useState< Recipient[] >( [] );
	const [ next, setNext ] = useState< string | null >( null );
	const work = useWork();
	const load = ( cursor: string ) =>
		void work.run( async () => {
			const page = await api.fetchRecipients( id, { state }, cursor );
			setItems( ( before ) => ( cursor ? [ ...before, ...page.items ] : page.items ) );
			setNext( page.next ?? null );
		} );
	const begin = useNewest( load );
	useEffect( () => begin( '' ), [ begin, id, state, stateName ] );
	const time = ( label: string, ms: number ) => (
		<td data-colname={ label } role="cell" className={ ms ? undefined : 'is-none' }>
			{ ms ? <time title={ exactTime( ms ) }>{ shortDateTime( ms, serverNow() ) }</time> : '—' }
		</td>
	);
	const file = boot.broadcast?.export;
	return (
		<section className="nxtchat-card" aria-labelledby="nxtchat-recipients">
			<div className="nxtchat-progress__head">
				<h2 id="nxtchat-recipients">{ __( 'Recipients', 'nxt-cloud-chat' ) }</h2>
				<div className="nxtchat-progress__actions">
					<select aria-label={ __( 'Show', 'nxt-cloud-chat' ) } value={ state } onChange={ ( event ) => setState( event.target.value ) }>
						<option value="">{ __( 'All', 'nxt-cloud-chat' ) }</option>
						{ countLabels().map( ( [ key, label ] ) => (
							<option key={ key } value={ key }>
								{ label }
							</option>
						) ) }
					</select>
					{ boot.caps.contacts && file && (
						<a className="button" href={ `${ file }&id=${ id }${ state ? `&state=${ state }` : '' }` }>
							{ __( 'Export', 'nxt-cloud-chat' ) }
						</a>
					) }
				</div>
			</div>
			{ work.error && <ErrorNotice error={ work.error } /> }
			<div className="nxtchat-report__scroll" role="region" aria-label={ __( 'Table of recipients', 'nxt-cloud-chat' ) } tabIndex={ 0 }>
				<table className="widefat striped nxtchat-recipients" role="table">
					<thead role="rowgroup">
						<tr role="row">
							<th scope="col" role="columnheader">{ __( 'Person', 'nxt-cloud-chat' ) }</th>
							<th scope="col" role="columnheader">{ __( 'State', 'nxt-cloud-chat' ) }</th>
							<th scope="col" role="columnheader">{ __( 'Sent', 'nxt-cloud-chat' ) }</th>
							<th scope="col" role="columnheader">{ __( 'Delivered', 'nxt-cloud-chat' ) }</th>
							<th scope="col" role="columnheader">{ __( 'Read', 'nxt-cloud-chat' ) }</th>
							<th scope="col" role="columnheader">{ __( 'Billed as', 'nxt-cloud-chat' ) }</th>
						</tr>
					</thead>
					<tbody role="rowgroup">
						{ items.map( ( one ) => (
							<tr key={ one.id } role="row">
								<td role="cell" className="nxtchat-recipients__who">
									{ one.contact.id ? (
										<a href={ `${ boot.links.contact }#/contact/${ one.contact.id }` }>
											<bdi>{ one.contact.name || one.contact.phone || `@${ one.contact.username }` }</bdi>
										</a>
									) : (
										__( '(deleted)', 'nxt-cloud-chat' )
									) }
								</td>
								<td role="cell">
									<span className={ `nxtchat-dot is-${ one.state_name }` } aria-hidden="true" /> { countLabels().find( ( [ key ] ) => key === one.state_name )?.[ 1 ] ?? one.state_name }
									{ ( one.reason_text || one.error ) && (
										<span className="nxtchat-soft nxtchat-block">
											{ one.reason_text || one.error } { one.remedy }
										</span>
									) }
								</td>
								{ time( __( 'Sent', 'nxt-cloud-chat' ), one.sent_ms ) }
								{ time( __( 'Delivered', 'nxt-cloud-chat' ), one.delivered_ms ) }
								{ time( __( 'Read', 'nxt-cloud-chat' ), one.read_ms ) }
								<td data-colname={ __( 'Billed as', 'nxt-cloud-chat' ) } role="cell" className={ one.pricing_category ? undefined : 'is-none' }>
									{ one.pricing_category ? categoryLabel( one.pricing_category.toUpperCase() ) : '—' }
								</td>
							</tr>
						) ) }
						{ ! items.length && ! work.isBusy && (
							<tr role="row">
								<td role="cell" colSpan={ 6 }>{ state ? __( 'Nobody is in this state.', 'nxt-cloud-chat' ) : __( 'Nobody yet.', 'nxt-cloud-chat' ) }</td>
							</tr>
						) }
					</tbody>
				</table>
			</div>
			{ next && (
				<button type="button" className="button" disabled={ work.isBusy } onClick={ () => load( next ) }>
					{ __( 'More', 'nxt-cloud-chat' ) }
				</button>
			) }
		</section>
	);
}
