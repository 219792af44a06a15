/** What became of logins, the template, and a test. */
import { createElement, Fragment } from '@wordpress/element';
import { __, sprintf } from '@wordpress/i18n';

import { boot } from '../core/boot';
import { formatNumber } from '../core/number';
import { countryName } from '../core/places';
import { useStore } from '../core/store';
import { browserLocale } from '../core/text';
import { LoadError, Notice, Skeleton } from '../core/ui';
import type { Report } from './api';
import { Chart, DayTable } from './Chart';
import { Card } from './parts';
import { loadReport, login } from './session';
import { href } from './settings';
import { TemplateCard } from './TemplateCard';
import { TestCard } from './TestCard';
import { refusalLabel } from './words';

/** The day among the windows of a budget. */
const DAY = 2;

export function Overview() {
	const report = useStore( login, ( state ) => state.report );
	const error = useStore( login, ( state ) => state.reportError );
	return (
		<Fragment>
			{ report?.alarms.length && ! report.alarms.some( ( alarm ) => alarm === '' ) ? <Alarms report={ report } /> : null }
			<div className="nxtchat-loginpair">
				<TemplateCard />
				<TestCard />
			</div>
			{ ! report && ( error ? <LoadError error={ error } onRetry={ () => void loadReport() } /> : <Skeleton rows={ 4 } label={ __( 'Loading the report', 'nxt-cloud-chat' ) } /> ) }
			{ report && <ReportCard report={ report } /> }
		</Fragment>
	);
}

/** What blocks stands at the switch already. */
function Alarms( { report }: { report: Report } ) {
	const blocks = useStore( login, ( state ) => state.data?.missing ) ?? [];
	const told = report.alarms.filter( ( alarm ) => ! blocks.some( ( block ) => block.blocks && alarm.startsWith( block.message ) ) );
	return told.length ? (
		<Notice kind="warning">
			{ told.map( ( alarm ) => (
				<p key={ alarm }>{ alarm }</p>
			) ) }
		</Notice>
	) : null;
}

function ReportCard( { report }: { report: Report } ) {
	const { totals, today, currency } = report;
	const money = ( amount: number ): string => ( currency ? new Intl.NumberFormat( browserLocale( boot.locale ), { style: 'currency', currency } ).format( amount ) : '' );
	const isEmpty = totals.request + totals.refused + totals.success + totals.sent === 0;
	// Countries in which nobody asked tell nothing.
	const budgets = today.budgets.filter( ( { scope, used, limits } ) => limits[ DAY ] > 0 && ( scope === 'site' || used[ DAY ] > 0 ) );
	const refusals = Object.entries( totals.refusals );
	const facts: [ string, string, string? ][] = [
		[ __( 'Codes asked for', 'nxt-cloud-chat' ), formatNumber( totals.request ) ],
		[ __( 'Messages sent', 'nxt-cloud-chat' ), formatNumber( totals.sent ), /* translators: %s: a number */ sprintf( __( '%s delivered', 'nxt-cloud-chat' ), formatNumber( totals.delivered ) ) ],
		[ __( 'Logged in', 'nxt-cloud-chat' ), formatNumber( totals.success ), totals.register > 0 ? /* translators: %s: a number */ sprintf( __( '%s of them new accounts', 'nxt-cloud-chat' ), formatNumber( totals.register ) ) : undefined ],
		[ __( 'Refused', 'nxt-cloud-chat' ), formatNumber( totals.refused ) ],
		[ __( 'Spent', 'nxt-cloud-chat' ), currency ? money( totals.spend ) : '—', currency ? undefined : __( 'enter prices under Security', 'nxt-cloud-chat' ) ],
	];
	return (
		<Card title={ __( 'The last 30 days', 'nxt-cloud-chat' ) } id="report">
			<dl className="nxtchat-facts nxtchat-loginfacts">
				{ facts.map( ( [ label, value, more ] ) => (
					<div key={ label }>
						<dt>{ label }</dt>
						<dd>
							{ value }
							{ more && <span>{ more }</span> }
						</dd>
					</div>
				) ) }
			</dl>
			{ isEmpty ? <p className="description">{ __( 'Nobody has asked for a code yet. What happens shows here, day by day.', 'nxt-cloud-chat' ) }</p> : <Chart report={ report } /> }
			<div className="nxtchat-loginpair is-plain">
				<div>
					<h3>{ __( 'Today', 'nxt-cloud-chat' ) }</h3>
					<Use label={ __( 'Messages', 'nxt-cloud-chat' ) } used={ today.messages } cap={ today.cap_day } text={ formatNumber } />
					{ today.cap_money > 0 && <Use label={ __( 'Money', 'nxt-cloud-chat' ) } used={ today.spend } cap={ today.cap_money } text={ ( value ) => money( value ) || formatNumber( value ) } /> }
					{ budgets.map( ( { scope, value, used, limits } ) => (
						<Use key={ `${ scope }/${ value }` } label={ scope === 'site' ? __( 'Requests, whole site', 'nxt-cloud-chat' ) : /* translators: %s: a country */ sprintf( __( 'Requests, %s', 'nxt-cloud-chat' ), countryName( value ) ) } used={ used[ DAY ] } cap={ limits[ DAY ] } text={ formatNumber } />
					) ) }
					<p className="description">
						{ __( 'When a cap is reached, no further code is sent until midnight.', 'nxt-cloud-chat' ) } <a href={ href( 'security' ) }>{ __( 'Change the caps', 'nxt-cloud-chat' ) }</a>
					</p>
				</div>
				<div>
					<h3>{ __( 'Why requests were refused', 'nxt-cloud-chat' ) }</h3>
					{ refusals.length === 0 && <p className="description">{ __( 'None was.', 'nxt-cloud-chat' ) }</p> }
					{ refusals.length > 0 && (
						<ul className="nxtchat-reasons">
							{ refusals.map( ( [ reason, count ] ) => (
								<li key={ reason } data-reason={ reason }>
									<span>{ refusalLabel( reason ) }</span>
									<span className="nxtchat-number">{ formatNumber( count ) }</span>
								</li>
							) ) }
						</ul>
					) }
				</div>
			</div>
			{ ! isEmpty && (
				<details className="nxtchat-more">
					<summary>{ __( 'Show the days as a table', 'nxt-cloud-chat' ) }</summary>
					<DayTable report={ report } money={ money } />
				</details>
			) }
		</Card>
	);
}

function Use( { label, used, cap, text }: { label: string; used: number; cap: number; text: ( value: number ) => string } ) {
	const share = Math.min( 100, ( 100 * used ) / cap );
	return (
		<div className={ `nxtchat-use${ share >= 100 ? ' is-full' : share >= 80 ? ' is-high' : '' }` }>
			<span>{ label }</span>
			<span className="nxtchat-number">{ /* translators: 1: a number or an amount, 2: the highest one */ sprintf( __( '%1$s of %2$s', 'nxt-cloud-chat' ), text( used ), text( cap ) ) }</span>
			<div className="nxtchat-use__bar" aria-hidden="true">
				<span style={ { inlineSize: `${ share }%` } } />
			</div>
		</div>
	);
}
