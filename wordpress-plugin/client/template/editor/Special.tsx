/** Cards side by side, a limited-time offer, and the form of login codes. */
import { createElement, Fragment } from '@wordpress/element';
import { __, sprintf } from '@wordpress/i18n';

import { isObject, objects, str, word } from './json';
import { ButtonFields } from './Buttons';
import { Group, Order, PlaceField, Tick, Told, type Edit } from './kit';
import { LIMITS } from './limits';
import { addCard, cardsOf, ensure, moveCard, node, part, placeOf, put, removeCard, ROOT, setCarousel, setOffer } from './model';
import { BodyField, HeaderFields } from './Texts';

export function OfferFields( { edit }: { edit: Edit } ) {
	const place = placeOf( edit.form, ROOT, 'LIMITED_TIME_OFFER' );
	const offer = part( edit.form, ROOT, 'LIMITED_TIME_OFFER' ).limited_time_offer;
	return (
		<Group edit={ edit } place={ place } title={ __( 'Limited-time offer', 'nxt-cloud-chat' ) }>
			<Tick edit={ edit } place="components.offer" label={ __( 'Show an offer with a countdown', 'nxt-cloud-chat' ) } isOn={ place !== '' } onChange={ ( isOn ) => edit.change( ( form ) => setOffer( form, isOn ) ) } />
			{ place && (
				<div data-place={ `${ place }.limited_time_offer` }>
					<Told edit={ edit } place={ `${ place }.limited_time_offer` } />
					<PlaceField edit={ edit } place={ `${ place }.limited_time_offer.text` } label={ __( 'Text of the offer', 'nxt-cloud-chat' ) } max={ LIMITS.OFFER_TEXT_CHARS } isRequired />
					<Tick
						edit={ edit }
						place={ `${ place }.limited_time_offer.has_expiration` }
						label={ __( 'It counts down to an end, which is said when the message is sent', 'nxt-cloud-chat' ) }
						isOn={ isObject( offer ) && offer.has_expiration === true }
						onChange={ ( isOn ) => edit.change( ( form ) => put( form, `${ place }.limited_time_offer.has_expiration`, isOn ) ) }
					/>
				</div>
			) }
		</Group>
	);
}

export function CarouselFields( { edit }: { edit: Edit } ) {
	const place = placeOf( edit.form, ROOT, 'CAROUSEL' );
	const cards = cardsOf( edit.form );
	return (
		<Group edit={ edit } place={ place } title={ __( 'Cards', 'nxt-cloud-chat' ) } help={ __( 'Two to ten pictures with a text and buttons, side by side below the text. All are built alike.', 'nxt-cloud-chat' ) }>
			<Tick edit={ edit } place="components.carousel" label={ __( 'Show cards', 'nxt-cloud-chat' ) } isOn={ place !== '' } onChange={ ( isOn ) => edit.change( ( form ) => setCarousel( form, isOn ) ) } />
			{ place && (
				<div data-place={ `${ place }.cards` }>
					<Told edit={ edit } place={ `${ place }.cards` } />
					{ cards.map( ( _, at ) => {
						const card = `${ place }.cards[${ at }]`;
						const list = `${ card }.components`;
						/* translators: %d: a number */
						const name = sprintf( __( 'Card %d', 'nxt-cloud-chat' ), at + 1 );
						return (
							<div key={ at } className="nxtchat-editor__item" data-place={ card }>
								<div className="nxtchat-editor__itemhead">
									<strong>{ name }</strong>
									<Order
										name={ name }
										at={ at }
										count={ cards.length }
										onMove={ ( to ) => edit.change( ( form ) => moveCard( form, at, to ) ) }
										onRemove={ cards.length > LIMITS.CAROUSEL_CARDS_MIN ? () => edit.change( ( form ) => removeCard( form, at ) ) : undefined }
									/>
								</div>
								<Told edit={ edit } place={ card } />
								<HeaderFields edit={ edit } list={ list } formats={ [ 'IMAGE', 'VIDEO', 'PRODUCT' ] } />
								{ placeOf( edit.form, list, 'BODY' ) && <BodyField edit={ edit } list={ list } max={ LIMITS.CARD_BODY_CHARS } /> }
								<ButtonFields edit={ edit } list={ list } />
							</div>
						);
					} ) }
					{ cards.length < LIMITS.CAROUSEL_CARDS && (
						<button type="button" className="button" onClick={ () => edit.change( addCard ) }>
							{ __( 'Add a card', 'nxt-cloud-chat' ) }
						</button>
					) }
				</div>
			) }
		</Group>
	);
}

const number = ( text: string ): unknown => ( /^\d+$/.test( text.trim() ) ? Number( text.trim() ) : text.trim() || undefined );

/** WhatsApp writes the text of login codes: here is what can be chosen. */
export function AuthFields( { edit }: { edit: Edit } ) {
	const { form } = edit;
	const body = placeOf( form, ROOT, 'BODY' );
	const footer = placeOf( form, ROOT, 'FOOTER' );
	const buttons = placeOf( form, ROOT, 'BUTTONS' );
	const minutes = part( form, ROOT, 'FOOTER' ).code_expiration_minutes;
	const at = buttons && `${ buttons }.buttons[0]`;
	const button = node( form, at );
	const kind = word( button.otp_type );
	const apps = objects( button.supported_apps );
	return (
		<Fragment>
			<Group edit={ edit } place="components" title={ __( 'Text', 'nxt-cloud-chat' ) } help={ __( 'WhatsApp writes the text of login codes itself, in the language of the template. You choose what else it says.', 'nxt-cloud-chat' ) }>
				<Tick
					edit={ edit }
					place={ body ? `${ body }.add_security_recommendation` : 'components.advice' }
					label={ __( 'Add “For your security, do not share this code.”', 'nxt-cloud-chat' ) }
					isOn={ part( form, ROOT, 'BODY' ).add_security_recommendation === true }
					onChange={ ( isOn ) => edit.change( ( now ) => put( ensure( now, ROOT, { type: 'BODY' } ), `${ placeOf( ensure( now, ROOT, { type: 'BODY' } ), ROOT, 'BODY' ) }.add_security_recommendation`, isOn ) ) }
				/>
				<PlaceField
					edit={ edit }
					place={ footer ? `${ footer }.code_expiration_minutes` : 'components.minutes' }
					type="number"
					isShort
					label={ __( 'Say after how many minutes the code expires', 'nxt-cloud-chat' ) }
					value={ minutes === undefined ? '' : String( minutes ) }
					help={ /* translators: %d: minutes */ sprintf( __( '1 to %d. Empty: nothing is said about it. It should be what your login form uses.', 'nxt-cloud-chat' ), LIMITS.CODE_EXPIRATION_MINUTES ) }
					onChange={ ( text ) =>
						edit.change( ( now ) => {
							const made = ensure( now, ROOT, { type: 'FOOTER' } );
							const place = placeOf( made, ROOT, 'FOOTER' );
							return number( text ) === undefined ? put( now, placeOf( now, ROOT, 'FOOTER' ) || 'none', undefined ) : put( made, `${ place }.code_expiration_minutes`, number( text ) );
						} )
					}
				/>
			</Group>
			<Group edit={ edit } place={ buttons } title={ __( 'Button', 'nxt-cloud-chat' ) }>
				{ at && (
					<Fragment>
						<PlaceField
							edit={ edit }
							place={ `${ at }.otp_type` }
							type="select"
							label={ __( 'What the button does', 'nxt-cloud-chat' ) }
							value={ kind }
							options={ [
								{ value: 'COPY_CODE', label: __( 'Copies the code (for websites)', 'nxt-cloud-chat' ) },
								{ value: 'ONE_TAP', label: __( 'Fills it into your Android app with one tap', 'nxt-cloud-chat' ) },
								{ value: 'ZERO_TAP', label: __( 'Fills it into your Android app by itself', 'nxt-cloud-chat' ) },
							] }
							onChange={ ( type ) =>
								edit.change( ( now ) => {
									const next = put( now, `${ at }.otp_type`, type );
									const withApp = type === 'COPY_CODE' ? put( next, `${ at }.supported_apps`, undefined ) : apps.length ? next : put( next, `${ at }.supported_apps`, [ { package_name: '', signature_hash: '' } ] );
									return put( withApp, `${ at }.zero_tap_terms_accepted`, type === 'ZERO_TAP' ? false : undefined );
								} )
							}
						/>
						<PlaceField edit={ edit } place={ `${ at }.text` } label={ __( 'Label of the button that copies', 'nxt-cloud-chat' ) } max={ LIMITS.TEMPLATE_BUTTON_CHARS } onChange={ ( text ) => edit.change( ( now ) => put( now, `${ at }.text`, text || undefined ) ) } />
						{ kind !== 'COPY_CODE' && (
							<Fragment>
								<PlaceField edit={ edit } place={ `${ at }.autofill_text` } label={ __( 'Label of the button that fills in', 'nxt-cloud-chat' ) } max={ LIMITS.TEMPLATE_BUTTON_CHARS } onChange={ ( text ) => edit.change( ( now ) => put( now, `${ at }.autofill_text`, text || undefined ) ) } />
								<div data-place={ `${ at }.supported_apps` }>
									<Told edit={ edit } place={ `${ at }.supported_apps` } />
									{ apps.map( ( _, app ) => (
										<div key={ app } className="nxtchat-editor__item" data-place={ `${ at }.supported_apps[${ app }]` }>
											<Told edit={ edit } place={ `${ at }.supported_apps[${ app }]` } />
											<PlaceField edit={ edit } place={ `${ at }.supported_apps[${ app }].package_name` } label={ __( 'Package name of the app', 'nxt-cloud-chat' ) } placeholder="com.example.shop" />
											<PlaceField edit={ edit } place={ `${ at }.supported_apps[${ app }].signature_hash` } label={ __( 'Its signature hash (11 characters)', 'nxt-cloud-chat' ) } placeholder="K8a/AINcGX7" />
											{ apps.length > 1 && (
												<button type="button" className="button-link button-link-delete" onClick={ () => edit.change( ( now ) => put( now, `${ at }.supported_apps[${ app }]`, undefined ) ) }>
													{ __( 'Remove this app', 'nxt-cloud-chat' ) }
												</button>
											) }
										</div>
									) ) }
									{ apps.length < LIMITS.SUPPORTED_APPS && (
										<button type="button" className="button" onClick={ () => edit.change( ( now ) => put( now, `${ at }.supported_apps`, [ ...apps, { package_name: '', signature_hash: '' } ] ) ) }>
											{ __( 'Add an app', 'nxt-cloud-chat' ) }
										</button>
									) }
								</div>
							</Fragment>
						) }
						{ kind === 'ZERO_TAP' && (
							<Tick
								edit={ edit }
								place={ `${ at }.zero_tap_terms_accepted` }
								label={ __( 'We read and accept WhatsApp’s terms for codes that are filled in by themselves, and our customers expect it', 'nxt-cloud-chat' ) }
								isOn={ button.zero_tap_terms_accepted === true }
								onChange={ ( isOn ) => edit.change( ( now ) => put( now, `${ at }.zero_tap_terms_accepted`, isOn ) ) }
							/>
						) }
					</Fragment>
				) }
			</Group>
		</Fragment>
	);
}

/** Parts that this site does not know: told, kept, sent as they are. */
export function UnknownParts( { edit }: { edit: Edit } ) {
	const known = [ 'HEADER', 'BODY', 'FOOTER', 'BUTTONS', 'CAROUSEL', 'LIMITED_TIME_OFFER' ];
	const unknown = edit.form.template.components.filter( ( { type } ) => ! known.includes( word( type ) ) );
	return unknown.length ? (
		<p className="nxtchat-editor__advice">
			{ sprintf(
				/* translators: %s: names of parts of a template */
				__( 'This template also has parts that cannot be changed here: %s. They are kept as they are.', 'nxt-cloud-chat' ),
				unknown.map( ( { type } ) => str( type ) ).join( ', ' )
			) }
		</p>
	) : null;
}
