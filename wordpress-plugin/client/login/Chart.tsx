/** Thirty days as bars, drawn here: what became of the requests of each day. The table beside says the same in numbers. */
import { createElement, Fragment, useState } from '@wordpress/element';
import { _n, __, sprintf } from '@wordpress/i18n';
import { dateI18n } from '@wordpress/date';

import { formatNumber } from '../core/number';
import type { Day, Report } from './api';
import { bars, PARTS, partsOf, roundUp, sumOf } from './bars';
import { partLabels } from './words';

/** The drawing's own measures; it is scaled to the room that there is. */
const WIDTH = 720;
const HEIGHT = 180;
/** Lines of the scale. */
const STEPS = 4;
/** Days between two dates below. */
const DATES = 7;

const noon = ( day: string ): Date => new Date( `${ day }T12:00:00Z` );
const shortDay = ( day: string ): string => dateI18n( /* translators: a short date without its year, in the letters of PHP's date() */ __( 'M j', 'nxt-cloud-chat' ), noon( day ), 'UTC' );

export function Chart( { report }: { report: Report } ) {
	const { days } = report;
	const [ shown, setShown ] = useState< Day | null >( null );
	const max = roundUp( Math.max( 0, ...days.map( ( day ) => sumOf( partsOf( day ) ) ) ) );
	const drawn = bars( days, max, WIDTH, HEIGHT );
	const step = WIDTH / days.length;
	const total = sumOf( partsOf( report.totals ) );
	return (
		<figure className="nxtchat-chart">
			<ul className="nxtchat-chart__legend" aria-hidden="true">
				{ PARTS.map( ( part ) => (
					<li key={ part }>
						<span className={ `nxtchat-chart__key is-${ part }` } />
						{ partLabels[ part ] }
					</li>
				) ) }
			</ul>
			<div className="nxtchat-chart__field">
				<div className="nxtchat-chart__scale" aria-hidden="true">
					{ Array.from( { length: STEPS + 1 }, ( _, index ) => (
						<span key={ index } style={ { bottom: `${ ( index / STEPS ) * 100 }%` } }>
							{ max % STEPS === 0 || index % STEPS === 0 ? formatNumber( ( max / STEPS ) * index ) : '' }
						</span>
					) ) }
				</div>
				<svg
					viewBox={ `0 0 ${ WIDTH } ${ HEIGHT }` }
					preserveAspectRatio="none"
					role="img"
					aria-label={
						/* translators: %s: a number */
						sprintf( _n( 'Bars of the last 30 days: %s request. The table below has the numbers.', 'Bars of the last 30 days: %s requests. The table below has the numbers.', total, 'nxt-cloud-chat' ), formatNumber( total ) )
					}
					onMouseLeave={ () => setShown( null ) }
				>
					{ Array.from( { length: STEPS + 1 }, ( _, index ) => (
						<line key={ index } className="nxtchat-chart__line" x1={ 0 } x2={ WIDTH } y1={ ( index / STEPS ) * HEIGHT } y2={ ( index / STEPS ) * HEIGHT } vectorEffect="non-scaling-stroke" />
					) ) }
					{ drawn.map( ( bar, index ) => (
						<g key={ days[ index ]?.day } onMouseEnter={ () => setShown( days[ index ] ?? null ) }>
							<rect className="nxtchat-chart__catch" x={ index * step } y={ 0 } width={ step } height={ HEIGHT } />
							{ bar.segments.map( ( { part, y, height } ) => (
								<rect key={ part } className={ `nxtchat-chart__bar is-${ part }` } x={ bar.x } y={ y } width={ bar.width } height={ height } />
							) ) }
						</g>
					) ) }
				</svg>
			</div>
			<div className="nxtchat-chart__dates" aria-hidden="true">
				{ days.map( ( { day }, index ) => ( days.length - 1 - index ) % DATES === 0 && <span key={ day } style={ { insetInlineStart: `${ ( ( index + 0.5 ) / days.length ) * 100 }%` } }>{ shortDay( day ) }</span> ) }
			</div>
			<figcaption className="nxtchat-chart__caption" aria-hidden="true">
				{ shown ? (
					<Fragment>
						<strong>{ shortDay( shown.day ) }</strong>
						{ PARTS.map( ( part ) => ` · ${ partLabels[ part ] }: ${ formatNumber( partsOf( shown )[ part ] ) }` ).join( '' ) }
					</Fragment>
				) : (
					__( 'Point at a day to see its numbers.', 'nxt-cloud-chat' )
				) }
			</figcaption>
		</figure>
	);
}

export function DayTable( { report, money }: { report: Report; money: ( amount: number ) => string } ) {
	const rows = [ ...report.days ].reverse();
	const heads: [ string, ( day: Report[ 'totals' ] ) => string ][] = [
		[ __( 'Asked', 'nxt-cloud-chat' ), ( day ) => formatNumber( day.request ) ],
		[ __( 'Sent', 'nxt-cloud-chat' ), ( day ) => formatNumber( day.sent ) ],
		[ __( 'Delivered', 'nxt-cloud-chat' ), ( day ) => formatNumber( day.delivered ) ],
		[ __( 'Logged in', 'nxt-cloud-chat' ), ( day ) => formatNumber( day.success ) ],
		[ __( 'New accounts', 'nxt-cloud-chat' ), ( day ) => formatNumber( day.register ) ],
		[ __( 'Refused', 'nxt-cloud-chat' ), ( day ) => formatNumber( day.refused ) ],
		...( report.currency ? ( [ [ __( 'Spent', 'nxt-cloud-chat' ), ( day ) => money( day.spend ) ] ] as [ string, ( day: Report[ 'totals' ] ) => string ][] ) : [] ),
	];
	return (
		<div className="nxtchat-daytable" role="region" tabIndex={ 0 } aria-label={ __( 'Table of the last 30 days', 'nxt-cloud-chat' ) }>
			<table className="widefat striped">
				<caption className="screen-reader-text">{ __( 'Logins of the last 30 days, newest first', 'nxt-cloud-chat' ) }</caption>
				<thead>
					<tr>
						<th scope="col">{ __( 'Day', 'nxt-cloud-chat' ) }</th>
						{ heads.map( ( [ head ] ) => (
							<th key={ head } scope="col" className="nxtchat-number">
								{ head }
							</th>
						) ) }
					</tr>
				</thead>
				<tbody>
					{ rows.map( ( day ) => (
						<tr key={ day.day }>
							<th scope="row">{ shortDay( day.day ) }</th>
							{ heads.map( ( [ head, of ] ) => (
								<td key={ head } className="nxtchat-number">
									{ of( day ) }
								</td>
							) ) }
						</tr>
					) ) }
				</tbody>
				<tfoot>
					<tr>
						<th scope="row">{ __( 'Together', 'nxt-cloud-chat' ) }</th>
						{ heads.map( ( [ head, of ] ) => (
							<td key={ head } className="nxtchat-number">
								<strong>{ of( report.totals ) }</strong>
							</td>
						) ) }
					</tr>
				</tfoot>
			</table>
		</div>
	);
}
