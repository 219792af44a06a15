/** The buttons under a message or a card. */
import { speak } from '@wordpress/a11y';
import { createElement, Fragment, useRef } from '@wordpress/element';
import { __, sprintf } from '@wordpress/i18n';

import { Menu } from '../../core/menu';
import { str, word, type Json } from './json';
import { Group, Order, PlaceField, Told, type Edit } from './kit';
import { LIMITS } from './limits';
import { addButton, buttonExample, buttonsOf, moveButton, placeOf, put, removeButton, ROOT, setUrl } from './model';

const labels = (): Record< string, string > => ( {
	QUICK_REPLY: __( 'Quick reply', 'nxt-cloud-chat' ),
	URL: __( 'Open a web page', 'nxt-cloud-chat' ),
	PHONE_NUMBER: __( 'Call a number', 'nxt-cloud-chat' ),
	COPY_CODE: __( 'Copy a coupon code', 'nxt-cloud-chat' ),
	FLOW: __( 'Open a form (flow)', 'nxt-cloud-chat' ),
	CATALOG: __( 'Open your catalogue', 'nxt-cloud-chat' ),
	MPM: __( 'Show several products', 'nxt-cloud-chat' ),
	SPM: __( 'Show a product', 'nxt-cloud-chat' ),
	VOICE_CALL: __( 'Call on WhatsApp', 'nxt-cloud-chat' ),
	REQUEST_CONTACT_INFO: __( 'Ask for contact details', 'nxt-cloud-chat' ),
	ORDER_DETAILS: __( 'Pay an order', 'nxt-cloud-chat' ),
	OTP: __( 'Login code', 'nxt-cloud-chat' ),
} );

/** Of which there may be one only. */
const SINGLE = [ 'PHONE_NUMBER', 'COPY_CODE', 'FLOW', 'CATALOG', 'MPM', 'SPM', 'VOICE_CALL', 'REQUEST_CONTACT_INFO' ];
const OF_TEMPLATE = [ 'QUICK_REPLY', 'URL', 'PHONE_NUMBER', 'COPY_CODE', 'FLOW', 'CATALOG', 'MPM', 'SPM', 'VOICE_CALL', 'REQUEST_CONTACT_INFO' ];
const OF_CARD = [ 'URL', 'QUICK_REPLY', 'PHONE_NUMBER', 'SPM' ];

export function ButtonFields( { edit, list }: { edit: Edit; list: string } ) {
	const box = useRef< HTMLDivElement >( null );
	const buttons = buttonsOf( edit.form, list );
	const component = placeOf( edit.form, list, 'BUTTONS' );
	const place = component && `${ component }.buttons`;
	const max = list === ROOT ? LIMITS.TEMPLATE_BUTTONS : LIMITS.TEMPLATE_CARD_BUTTONS;
	const words = labels();
	const used = buttons.map( ( { type } ) => word( type ) );
	const offered = ( list === ROOT ? OF_TEMPLATE : OF_CARD ).filter( ( type ) => ! ( SINGLE.includes( type ) && used.includes( type ) ) && ! ( type === 'URL' && used.filter( ( one ) => one === 'URL' ).length > 1 ) );
	/** Puts the cursor into an entry once it is drawn. */
	const focus = ( at: number ) => requestAnimationFrame( () => box.current?.querySelectorAll< HTMLElement >( '.nxtchat-editor__item' )[ at ]?.querySelector< HTMLElement >( 'input, select, button:not(:disabled)' )?.focus() );
	const move = ( from: number, to: number ) => {
		edit.change( ( form ) => moveButton( form, list, from, to ) );
		/* translators: %d: a position */
		speak( sprintf( __( 'Moved to position %d.', 'nxt-cloud-chat' ), to + 1 ) );
		focus( to );
	};
	return (
		<Group edit={ edit } place={ component } title={ __( 'Buttons', 'nxt-cloud-chat' ) }>
			{ place && (
				<div data-place={ place }>
					<Told edit={ edit } place={ place } />
				</div>
			) }
			<div ref={ box }>
				{ buttons.map( ( button, at ) => {
					const kind = words[ word( button.type ) ] ?? word( button.type );
					return (
						<div key={ at } className="nxtchat-editor__item" data-place={ `${ place }[${ at }]` }>
							<div className="nxtchat-editor__itemhead">
								<strong>{ kind }</strong>
								<Order
									name={ str( button.text ) || kind }
									at={ at }
									count={ buttons.length }
									onMove={ ( to ) => move( at, to ) }
									onRemove={ () => {
										edit.change( ( form ) => removeButton( form, list, at ) );
										speak( __( 'Removed.', 'nxt-cloud-chat' ) );
										focus( Math.max( 0, at - 1 ) );
									} }
								/>
							</div>
							<Told edit={ edit } place={ `${ place }[${ at }]` } />
							<OneButton edit={ edit } button={ button } place={ `${ place }[${ at }]` } />
						</div>
					);
				} ) }
			</div>
			{ buttons.length < max && (
				<Menu
					label={ __( 'Add a button', 'nxt-cloud-chat' ) }
					icon="plus"
					items={ offered.map( ( type ) => ( {
						label: words[ type ] ?? type,
						onClick: () => {
							const [ , at ] = addButton( edit.form, list, type );
							edit.change( ( form ) => addButton( form, list, type )[ 0 ] );
							focus( at );
						},
					} ) ) }
				/>
			) }
			{ /* translators: 1: a number, 2: a number */ buttons.length > 0 && <p className="description">{ sprintf( __( '%1$d of %2$d buttons', 'nxt-cloud-chat' ), buttons.length, max ) }</p> }
		</Group>
	);
}

function OneButton( { edit, button, place }: { edit: Edit; button: Json; place: string } ) {
	const kind = word( button.type );
	const label = kind !== 'COPY_CODE' && kind !== 'REQUEST_CONTACT_INFO' && (
		<PlaceField
			edit={ edit }
			place={ `${ place }.text` }
			label={ __( 'Label', 'nxt-cloud-chat' ) }
			max={ LIMITS.TEMPLATE_BUTTON_CHARS }
			isRequired
			help={ kind === 'QUICK_REPLY' ? __( 'A tap sends this text to you.', 'nxt-cloud-chat' ) : undefined }
		/>
	);
	switch ( kind ) {
		case 'URL': {
			const url = str( button.url );
			const isDynamic = url.includes( '{{' );
			return (
				<Fragment>
					{ label }
					<PlaceField
						edit={ edit }
						place={ `${ place }.url` }
						label={ __( 'Address', 'nxt-cloud-chat' ) }
						placeholder="https://example.com/orders/"
						isRequired
						onChange={ ( next ) => edit.change( ( form ) => setUrl( form, place, next.trim() ) ) }
					/>
					<label className="nxtchat-choice">
						<input type="checkbox" checked={ isDynamic } onChange={ ( event ) => edit.change( ( form ) => setUrl( form, place, event.target.checked ? `${ url }{{1}}` : url.replace( /\{\{.*$/, '' ) ) ) } />
						<span>{ __( 'Its end is another one for each customer, for example an order number', 'nxt-cloud-chat' ) }</span>
					</label>
					{ isDynamic && (
						<PlaceField
							edit={ edit }
							place={ `${ place }.example` }
							label={ __( 'Example of the end', 'nxt-cloud-chat' ) }
							value={ buttonExample( button ) }
							placeholder="10482"
							onChange={ ( next ) => edit.change( ( form ) => put( form, `${ place }.example`, [ next ] ) ) }
						/>
					) }
				</Fragment>
			);
		}
		case 'PHONE_NUMBER':
			return (
				<Fragment>
					{ label }
					<PlaceField edit={ edit } place={ `${ place }.phone_number` } type="tel" label={ __( 'Phone number with country code', 'nxt-cloud-chat' ) } placeholder="+49 30 1234567" max={ LIMITS.TEMPLATE_PHONE_CHARS } isRequired />
				</Fragment>
			);
		case 'COPY_CODE':
			return (
				<PlaceField
					edit={ edit }
					place={ `${ place }.example` }
					label={ __( 'Example of the code', 'nxt-cloud-chat' ) }
					value={ buttonExample( button ) }
					placeholder="25OFF"
					max={ placeOf( edit.form, ROOT, 'LIMITED_TIME_OFFER' ) ? LIMITS.OFFER_CODE_CHARS : LIMITS.COUPON_CODE_CHARS }
					isRequired
					help={ __( 'WhatsApp writes the label. The code itself is said when the message is sent.', 'nxt-cloud-chat' ) }
					onChange={ ( next ) => edit.change( ( form ) => put( form, `${ place }.example`, next ) ) }
				/>
			);
		case 'FLOW':
			return (
				<Fragment>
					{ label }
					<PlaceField edit={ edit } place={ `${ place }.flow_id` } label={ __( 'Id of the flow, from Meta’s flow builder', 'nxt-cloud-chat' ) } onChange={ ( id ) => edit.change( ( form ) => put( form, `${ place }.flow_id`, id.trim() || undefined ) ) } />
				</Fragment>
			);
		default:
			return (
				<Fragment>
					{ label }
					{ [ 'CATALOG', 'MPM', 'SPM' ].includes( kind ) && <p className="description">{ __( 'Needs a catalogue that is connected with your WhatsApp account. Which products are shown is said when the message is sent.', 'nxt-cloud-chat' ) }</p> }
				</Fragment>
			);
	}
}
