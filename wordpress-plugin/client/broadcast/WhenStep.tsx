/** When it is sent, how fast, and what holds it back. */
import { createElement, Fragment, useState } from '@wordpress/element';
import { __, sprintf } from '@wordpress/i18n';

import { boot } from '../core/boot';
import { Control } from '../core/form';
import { readNumber } from '../core/number';
import { Problems, type StepProps } from './Compose';
import { changed } from './draft';

export function WhenStep( { draft, change, problems }: StepProps ) {
	const { definition } = draft;
	const { schedule, quiet, cap } = definition;
	const error = ( path: string ) => problems.find( ( problem ) => problem.path === path )?.message;
	return (
		<Fragment>
			<Problems problems={ problems } />
			<fieldset className="nxtchat-compose__group">
				<legend>{ __( 'When', 'nxt-cloud-chat' ) }</legend>
				{ ( [ 'now', 'at' ] as const ).map( ( mode ) => (
					<label key={ mode } className="nxtchat-choice">
						<input type="radio" name="nxtchat-when" checked={ schedule.mode === mode } onChange={ () => change( changed( definition, 'schedule', { mode } ) ) } />
						<span>{ mode === 'now' ? __( 'At once, when you confirm it', 'nxt-cloud-chat' ) : __( 'On a day, at a time', 'nxt-cloud-chat' ) }</span>
					</label>
				) ) }
				{ schedule.mode === 'at' && (
					<div className="nxtchat-compose__row is-under">
						<Control type="datetime-local" label={ __( 'Day and time', 'nxt-cloud-chat' ) } value={ schedule.at } error={ error( 'schedule.at' ) } onChange={ ( at ) => change( changed( definition, 'schedule', { at } ) ) } />
						<Zone label={ __( 'In whose time', 'nxt-cloud-chat' ) } value={ schedule.zone } onChange={ ( zone ) => change( changed( definition, 'schedule', { zone } ) ) } />
					</div>
				) }
			</fieldset>
			<fieldset className="nxtchat-compose__group">
				<legend>{ __( 'Whom not to disturb', 'nxt-cloud-chat' ) }</legend>
				<label className="nxtchat-choice">
					<input type="checkbox" checked={ quiet !== null } onChange={ ( event ) => change( { ...definition, quiet: event.target.checked ? { from: '21:00', to: '08:00', zone: 'recipient' } : null } ) } />
					<span>{ __( 'Keep quiet hours: whoever would get it then gets it afterwards', 'nxt-cloud-chat' ) }</span>
				</label>
				{ quiet && (
					<div className="nxtchat-compose__row is-under">
						<Time label={ __( 'From', 'nxt-cloud-chat' ) } value={ quiet.from } onChange={ ( from ) => change( { ...definition, quiet: { ...quiet, from } } ) } />
						<Time label={ __( 'Until', 'nxt-cloud-chat' ) } value={ quiet.to } onChange={ ( to ) => change( { ...definition, quiet: { ...quiet, to } } ) } />
						<Zone label={ __( 'In whose time', 'nxt-cloud-chat' ) } value={ quiet.zone } onChange={ ( zone ) => change( { ...definition, quiet: { ...quiet, zone } } ) } />
					</div>
				) }
				<label className="nxtchat-choice">
					<input type="checkbox" checked={ cap !== null } onChange={ ( event ) => change( { ...definition, cap: event.target.checked ? { messages: 2, days: 7 } : null } ) } />
					<span>{ __( 'Leave out whoever got many marketing messages lately', 'nxt-cloud-chat' ) }</span>
				</label>
				{ cap && (
					<div className="nxtchat-compose__row is-under">
						<Whole label={ __( 'So many messages', 'nxt-cloud-chat' ) } value={ cap.messages } max={ 1_000 } onChange={ ( messages ) => change( { ...definition, cap: { ...cap, messages } } ) } />
						<Whole label={ __( 'Within so many days', 'nxt-cloud-chat' ) } value={ cap.days } max={ 365 } onChange={ ( days ) => change( { ...definition, cap: { ...cap, days } } ) } />
					</div>
				) }
				<label className="nxtchat-choice">
					<input type="checkbox" checked={ definition.consent === 'not_revoked' } onChange={ ( event ) => change( { ...definition, consent: event.target.checked ? 'not_revoked' : '' } ) } />
					<span>
						{ __( 'Also to people whose consent is not on record', 'nxt-cloud-chat' ) }
						<span className="nxtchat-soft">{ __( 'WhatsApp asks for consent before marketing: tick this only if you have it in writing elsewhere. Who opted out never gets it.', 'nxt-cloud-chat' ) }</span>
					</span>
				</label>
			</fieldset>
			<fieldset className="nxtchat-compose__group">
				<legend>{ __( 'Speed and safety', 'nxt-cloud-chat' ) }</legend>
				<Whole label={ __( 'Messages a second at most', 'nxt-cloud-chat' ) } value={ definition.rate } min={ 0 } max={ 1_000 } help={ __( '0 means as fast as WhatsApp lets this number. It can be changed while it runs. Chats and sign-in codes always go first.', 'nxt-cloud-chat' ) } onChange={ ( rate ) => change( { ...definition, rate } ) } />
				<Control
					type="select"
					label={ __( 'If the connection breaks and nobody knows whether WhatsApp took a message', 'nxt-cloud-chat' ) }
					value={ definition.unknown }
					options={ [
						{ value: 'leave', label: __( 'Leave it: nobody gets it twice', 'nxt-cloud-chat' ) },
						{ value: 'again', label: __( 'Send it again after 15 minutes: everybody gets it, a few perhaps twice', 'nxt-cloud-chat' ) },
					] }
					onChange={ ( unknown ) => change( { ...definition, unknown: unknown as 'leave' | 'again' } ) }
				/>
			</fieldset>
		</Fragment>
	);
}

const Zone = ( { label, value, onChange }: { label: string; value: string; onChange: ( zone: 'site' | 'recipient' ) => void } ) => (
	<Control
		type="select"
		label={ label }
		value={ value }
		options={ [
			{ value: 'site', label: /* translators: %s: a time zone */ sprintf( __( 'The site’s (%s)', 'nxt-cloud-chat' ), boot.timezone ) },
			{ value: 'recipient', label: __( 'Each recipient’s, by their number', 'nxt-cloud-chat' ) },
		] }
		onChange={ ( zone ) => onChange( zone as 'site' | 'recipient' ) }
	/>
);

const Time = ( { label, value, onChange }: { label: string; value: string; onChange: ( value: string ) => void } ) => (
	<Control
		type="select"
		label={ label }
		value={ value }
		options={ Array.from( { length: 48 }, ( _, half ) => `${ String( Math.floor( half / 2 ) ).padStart( 2, '0' ) }:${ half % 2 ? '30' : '00' }` )
			.concat( value )
			.filter( ( time, index, all ) => all.indexOf( time ) === index )
			.sort()
			.map( ( time ) => ( { value: time, label: time } ) ) }
		onChange={ onChange }
	/>
);

/** A whole number; what is none yet is kept in the field and not saved. */
function Whole( { label, value, min = 1, max, help, onChange }: { label: string; value: number; min?: number; max: number; help?: string; onChange: ( value: number ) => void } ) {
	const [ typed, setTyped ] = useState( `${ value }` );
	const isGood = ( text: string ) => readNumber( text ) >= min && readNumber( text ) <= max;
	return (
		<Control
			type="number"
			label={ label }
			isShort
			value={ typed }
			help={ help }
			/* translators: 1: a number, 2: a number */
			error={ isGood( typed ) ? undefined : sprintf( __( 'A number from %1$d to %2$d.', 'nxt-cloud-chat' ), min, max ) }
			onChange={ ( text ) => {
				setTyped( text );
				if ( isGood( text ) ) {
					onChange( readNumber( text ) );
				}
			} }
		/>
	);
}
