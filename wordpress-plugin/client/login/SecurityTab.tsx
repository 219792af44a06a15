/** Limits, countries, roles, proxies and prices. */
import { createElement, Fragment, useState } from '@wordpress/element';
import { __, sprintf } from '@wordpress/i18n';

import { Chips } from '../core/Chips';
import { formatNumber } from '../core/number';
import { countryName, countryOptions } from '../core/places';
import { useStore } from '../core/store';
import { RatesEditor } from '../rates/RatesEditor';
import type { Facts, Limits, Scope, Settings } from './api';
import { Card, Choose, Field, mistakeAt, NumberField, useDraft } from './parts';
import { edit, load, loadReport, login } from './session';
import { withValue } from './settings';
import { scopes } from './words';

const WINDOWS = [ __( 'a minute', 'nxt-cloud-chat' ), __( 'an hour', 'nxt-cloud-chat' ), __( 'a day', 'nxt-cloud-chat' ) ];

export function SecurityTab() {
	const facts = useStore( login, ( state ) => state.data?.facts as Facts );
	const draft = useDraft();
	return (
		<div className="nxtchat-loginnarrow">
			<Countries facts={ facts } />
			<Card
				title={ __( 'How often a code may be asked for', 'nxt-cloud-chat' ) }
				id="budgets"
				intro={ __( 'Counted before anything is sent, so nobody can run up your bill. Who reaches a limit is asked to wait, or to use the password. 0 = no limit.', 'nxt-cloud-chat' ) }
			>
				<Budgets />
				<Choose
					name="attempts"
					label={ __( 'Wrong codes before a new one is needed', 'nxt-cloud-chat' ) }
					options={ withValue( [ 3, 5, 10 ], draft.attempts ).map( ( value ) => ( { value, label: formatNumber( value ) } ) ) }
				/>
				<NumberField name="guesses_day" label={ __( 'Wrong codes for one number on one day', 'nxt-cloud-chat' ) } help={ __( 'Over all codes together: also somebody with much patience guesses no code.', 'nxt-cloud-chat' ) } />
			</Card>
			<Card title={ __( 'The day’s cap', 'nxt-cloud-chat' ) } id="cap" intro={ __( 'The last line: however clever somebody is, a day costs no more than this. You get an e-mail at 80 percent and when it is reached.', 'nxt-cloud-chat' ) }>
				<NumberField name="cap_day" label={ __( 'Messages a day', 'nxt-cloud-chat' ) } />
				<NumberField
					name="cap_money"
					label={ facts.currency ? /* translators: %s: a currency, as EUR */ sprintf( __( 'Money a day, in %s', 'nxt-cloud-chat' ), facts.currency ) : __( 'Money a day', 'nxt-cloud-chat' ) }
					step="any"
					help={ facts.currency ? __( '0 = only the number of messages counts.', 'nxt-cloud-chat' ) : __( 'Needs the prices below. 0 = only the number of messages counts.', 'nxt-cloud-chat' ) }
				/>
				<Field
					path="alarm_email"
					label={ __( 'Alarms go to', 'nxt-cloud-chat' ) }
					help={ /* translators: %s: an e-mail address */ sprintf( __( 'Empty: the site’s address, %s.', 'nxt-cloud-chat' ), facts.admin_email ) }
				>
					{ ( props ) => (
						<input { ...props } type="email" dir="ltr" className="regular-text" placeholder={ facts.admin_email } value={ draft.alarm_email } onChange={ ( event ) => edit( { alarm_email: event.target.value } ) } />
					) }
				</Field>
			</Card>
			<Card title={ __( 'What a code costs', 'nxt-cloud-chat' ) } id="rates">
				<RatesEditor
					categories={ [ 'authentication' ] }
					home={ facts.own_country }
					onSaved={ () => {
						void load();
						void loadReport();
					} }
				/>
			</Card>
			<Card title={ __( 'Who must use the password', 'nxt-cloud-chat' ) } id="roles" intro={ __( 'A phone can be lost, and a number can be taken over. Whoever can do much should need more than that.', 'nxt-cloud-chat' ) }>
				<Roles label={ __( 'Roles that never log in by code', 'nxt-cloud-chat' ) } values={ draft.excluded_roles } facts={ facts } onChange={ ( excluded_roles ) => edit( { excluded_roles } ) } />
				{ ! draft.excluded_roles.includes( 'administrator' ) && <p className="nxtchat-loginwarn">{ __( 'Whoever holds an administrator’s phone gets the whole site. Leave administrators in this list unless a second factor protects them.', 'nxt-cloud-chat' ) }</p> }
				<Choose
					name="stale_months"
					label={ __( 'A number that nobody used must be verified again after', 'nxt-cloud-chat' ) }
					help={ __( 'Numbers change hands: providers give them to other people. Numbers that WhatsApp reports as changed are always verified again.', 'nxt-cloud-chat' ) }
					options={ withValue( [ 0, 3, 6, 12, 24 ], draft.stale_months ).map( ( value ) => ( {
						value,
						label: value === 0 ? __( 'never', 'nxt-cloud-chat' ) : /* translators: %s: a number */ sprintf( __( '%s months', 'nxt-cloud-chat' ), formatNumber( value ) ),
					} ) ) }
				/>
			</Card>
			<Proxies facts={ facts } />
		</div>
	);
}

function Countries( { facts }: { facts: Facts } ) {
	const draft = useDraft();
	const [ isList, setList ] = useState( draft.countries.length > 0 );
	const mode = draft.all_countries ? 'all' : isList || draft.countries.length > 0 ? 'list' : 'own';
	const radio = ( value: typeof mode, title: string, help: string, change: Partial< Settings > ) => (
		<label className="nxtchat-choice">
			<input
				type="radio"
				name="nxtchat-login-countries"
				checked={ mode === value }
				onChange={ () => {
					setList( value === 'list' );
					edit( change );
				} }
			/>
			<span>
				<strong>{ title }</strong>
				<span className="description">{ help }</span>
			</span>
		</label>
	);
	return (
		<Card title={ __( 'Countries', 'nxt-cloud-chat' ) } id="countries" intro={ __( 'Codes cost many times more in some countries, and fraud is done with numbers of just those. Allow only where your customers are.', 'nxt-cloud-chat' ) }>
			<fieldset>
				<legend className="screen-reader-text">{ __( 'Countries whose numbers may log in', 'nxt-cloud-chat' ) }</legend>
				{ radio(
					'own',
					facts.own_country ? /* translators: %s: a country */ sprintf( __( 'Only %s', 'nxt-cloud-chat' ), countryName( facts.own_country ) ) : __( 'Only the site’s own country', 'nxt-cloud-chat' ),
					facts.own_country ? __( 'The country of your WhatsApp number.', 'nxt-cloud-chat' ) : __( 'It is not known yet: set it at your number under Accounts, or choose countries here.', 'nxt-cloud-chat' ),
					{ all_countries: false, countries: [] }
				) }
				{ radio( 'list', __( 'These countries', 'nxt-cloud-chat' ), __( 'Choose one after the other.', 'nxt-cloud-chat' ), { all_countries: false, countries: draft.countries.length || ! facts.own_country ? draft.countries : [ facts.own_country ] } ) }
				{ mode === 'list' && (
					<div className="nxtchat-loginindent">
						<Chips id="nxtchat-login-countrylist" label={ __( 'Countries', 'nxt-cloud-chat' ) } isUnlabelled values={ draft.countries } choices={ countryOptions() } onChange={ ( countries ) => edit( { countries } ) } />
					</div>
				) }
				{ radio( 'all', __( 'All countries', 'nxt-cloud-chat' ), __( 'Only the limits below protect your bill then.', 'nxt-cloud-chat' ), { all_countries: true } ) }
			</fieldset>
		</Card>
	);
}

function Budgets() {
	const draft = useDraft();
	const standard = useStore( login, ( state ) => state.data?.defaults.budgets );
	const error = useStore( login, ( state ) => state.saveError );
	const set = ( scope: Scope, index: number, value: number ) => {
		const limits = draft.budgets[ scope ].map( ( limit, n ) => ( n === index ? value : limit ) ) as Limits;
		edit( { budgets: { ...draft.budgets, [ scope ]: limits } } );
	};
	const mistake = mistakeAt( error, 'budgets' );
	const isStandard = JSON.stringify( draft.budgets ) === JSON.stringify( standard );
	return (
		<Fragment>
			<table className="nxtchat-budgets">
				<caption className="screen-reader-text">{ __( 'Limits, 0 = no limit', 'nxt-cloud-chat' ) }</caption>
				<thead>
					<tr>
						<td />
						{ WINDOWS.map( ( label ) => (
							<th key={ label } scope="col">
								{ label }
							</th>
						) ) }
					</tr>
				</thead>
				<tbody>
					{ ( Object.keys( scopes ) as Scope[] ).map( ( scope ) => (
						<tr key={ scope }>
							<th scope="row">
								{ scopes[ scope ].label }
								<span className="description">{ scopes[ scope ].help }</span>
							</th>
							{ WINDOWS.map( ( window, index ) => (
								<td key={ window } data-window={ window }>
									<input
										type="number"
										min={ 0 }
										step={ 1 }
										className="small-text"
										aria-label={ /* translators: 1: what is limited, 2: a span of time */ sprintf( __( '%1$s, %2$s', 'nxt-cloud-chat' ), scopes[ scope ].label, window ) }
										aria-invalid={ mistake ? true : undefined }
										value={ Number.isNaN( draft.budgets[ scope ][ index ] ) ? '' : draft.budgets[ scope ][ index ] }
										onChange={ ( event ) => set( scope, index, event.target.valueAsNumber ) }
										onBlur={ ( event ) => Number.isNaN( event.target.valueAsNumber ) && set( scope, index, standard?.[ scope ][ index ] ?? 0 ) }
									/>
								</td>
							) ) }
						</tr>
					) ) }
				</tbody>
			</table>
			{ mistake && <p className="nxtchat-field__error">{ mistake }</p> }
			{ ( [ 'number', 'ip' ] as const ).some( ( scope ) => draft.budgets[ scope ].every( ( limit ) => limit === 0 ) ) && (
				<p className="nxtchat-loginwarn">{ __( 'Without limits for one number and one visitor, somebody can use up your day’s cap in a moment, and nobody else gets a code.', 'nxt-cloud-chat' ) }</p>
			) }
			{ ! isStandard && standard && (
				<button type="button" className="button-link" onClick={ () => edit( { budgets: standard } ) }>
					{ __( 'Back to the recommended limits', 'nxt-cloud-chat' ) }
				</button>
			) }
		</Fragment>
	);
}

export function Roles( { label, values, facts, onChange, emptyHelp }: { label: string; values: string[]; facts: Facts; onChange: ( values: string[] ) => void; emptyHelp?: string } ) {
	return (
		<fieldset className="nxtchat-roles">
			<legend>{ label }</legend>
			{ facts.roles.map( ( role ) => (
				<label key={ role.value }>
					<input
						type="checkbox"
						checked={ values.includes( role.value ) }
						onChange={ ( event ) => onChange( event.target.checked ? [ ...values, role.value ] : values.filter( ( value ) => value !== role.value ) ) }
					/>{ ' ' }
					{ role.label }
				</label>
			) ) }
			{ emptyHelp && values.length === 0 && <p className="description">{ emptyHelp }</p> }
		</fieldset>
	);
}

function Proxies( { facts }: { facts: Facts } ) {
	const draft = useDraft();
	const { peer, visitor } = facts.connection;
	return (
		<Card title={ __( 'Proxies in front of the site', 'nxt-cloud-chat' ) } id="proxies" intro={ __( 'Only for sites behind Cloudflare, a load balancer or the like. Without such a thing leave this empty: then nobody can pretend to be somebody else.', 'nxt-cloud-chat' ) }>
			<Field path="proxies" label={ __( 'Their addresses', 'nxt-cloud-chat' ) } help={ __( 'As 10.0.0.1 or 10.0.0.0/8. Only what these tell about visitors is believed.', 'nxt-cloud-chat' ) }>
				{ ( props ) => (
					<Chips
						id={ props.id }
						label={ __( 'Addresses of proxies', 'nxt-cloud-chat' ) }
						values={ draft.proxies }
						placeholder={ __( 'Address, then Enter', 'nxt-cloud-chat' ) }
						maxLength={ 43 }
						describedBy={ props[ 'aria-describedby' ] }
						isInvalid={ props[ 'aria-invalid' ] }
						onChange={ ( proxies ) => edit( { proxies } ) }
					/>
				) }
			</Field>
			{ draft.proxies.length > 0 && (
				<Field path="proxy_header" label={ __( 'Header with the visitor’s address', 'nxt-cloud-chat' ) } help={ __( 'The proxy must set it itself, whatever visitors send.', 'nxt-cloud-chat' ) }>
					{ ( props ) => (
						<select { ...props } value={ draft.proxy_header } onChange={ ( event ) => edit( { proxy_header: event.target.value } ) }>
							{ facts.headers.map( ( header ) => (
								<option key={ header }>{ header }</option>
							) ) }
						</select>
					) }
				</Field>
			) }
			<p className="description">
				{ peer === visitor
					? /* translators: %s: an IP address */ sprintf( __( 'You reach the site from %s now. If that is not your address, a proxy is in between.', 'nxt-cloud-chat' ), visitor )
					: /* translators: 1: an IP address, 2: an IP address */ sprintf( __( 'You reach the site from %1$s now, through the proxy %2$s.', 'nxt-cloud-chat' ), visitor, peer ) }
			</p>
		</Card>
	);
}
