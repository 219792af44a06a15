/** Where the form is and how it works for visitors, with the form beside it. */
import { createElement, Fragment } from '@wordpress/element';
import { __, sprintf } from '@wordpress/i18n';

import { formatNumber } from '../core/number';
import { languageName } from '../core/places';
import { useStore } from '../core/store';
import { CopyButton } from '../core/ui';
import { statusLabel } from '../template/words';
import type { Facts } from './api';
import { Box, Card, Choose, Field, useDraft } from './parts';
import { Preview } from './Preview';
import { edit, login } from './session';
import { withValue } from './settings';
import { duration } from './words';

const SHORTCODE = '[nxtchat_login]';

export function FormTab() {
	const draft = useDraft();
	const facts = useStore( login, ( state ) => state.data?.facts as Facts );
	return (
		<div className="nxtchat-withpreview">
			<div>
				<Card title={ __( 'Where people log in', 'nxt-cloud-chat' ) } id="places">
					<p className="description">
						{ __( 'On any page: add the block “Login by WhatsApp” in the editor, or paste this shortcode. Cached pages are no problem.', 'nxt-cloud-chat' ) }
					</p>
					<div className="nxtchat-copyrow">
						<code>{ SHORTCODE }</code>
						<CopyButton text={ SHORTCODE } label={ __( 'Copy the shortcode', 'nxt-cloud-chat' ) } />
					</div>
					<Box name="on_wp_login" title={ __( 'On WordPress’s login page', 'nxt-cloud-chat' ) } help={ __( 'A button below the fields for name and password, which stay.', 'nxt-cloud-chat' ) } />
					<Box
						name="on_woocommerce"
						title={ __( 'On “My account” of the shop', 'nxt-cloud-chat' ) }
						help={ facts.woocommerce ? __( 'Beside the shop’s own login form.', 'nxt-cloud-chat' ) : __( 'WooCommerce is not active here: this has no effect yet.', 'nxt-cloud-chat' ) }
					/>
					<Field
						path="redirect"
						label={ __( 'Where people go after logging in', 'nxt-cloud-chat' ) }
						help={ __( 'Address of a page of this site. Empty: back to where they were.', 'nxt-cloud-chat' ) }
					>
						{ ( props ) => <input { ...props } type="url" dir="ltr" className="regular-text" maxLength={ 500 } value={ draft.redirect } onChange={ ( event ) => edit( { redirect: event.target.value } ) } /> }
					</Field>
				</Card>
				<Card title={ __( 'The code', 'nxt-cloud-chat' ) } id="code">
					<Choose
						name="digits"
						label={ __( 'Digits', 'nxt-cloud-chat' ) }
						help={ __( 'More digits are harder to guess. Phones fill the code in by themselves.', 'nxt-cloud-chat' ) }
						options={ [ 4, 5, 6, 7, 8 ].map( ( value ) => ( { value, label: formatNumber( value ) } ) ) }
					/>
					<Choose
						name="lifetime_s"
						label={ __( 'A code lives', 'nxt-cloud-chat' ) }
						help={ __( 'After that a new one must be asked for. The message tells the same time: update the template when you change this.', 'nxt-cloud-chat' ) }
						options={ withValue( [ 60, 120, 180, 300, 600, 900 ], draft.lifetime_s ).map( ( value ) => ( { value, label: duration( value ) } ) ) }
					/>
					<Choose
						name="resend_s"
						label={ __( 'A new code can be asked for after', 'nxt-cloud-chat' ) }
						help={ __( 'It replaces the one before, and never gives new attempts.', 'nxt-cloud-chat' ) }
						options={ withValue( [ 15, 30, 60, 120, 300 ], draft.resend_s ).map( ( value ) => ( { value, label: duration( value ) } ) ) }
					/>
					<Box name="remember" title={ __( 'Offer “Keep me logged in”', 'nxt-cloud-chat' ) } help={ __( 'Without it, everybody is logged out when the browser closes.', 'nxt-cloud-chat' ) } />
				</Card>
				<Card title={ __( 'New visitors', 'nxt-cloud-chat' ) } id="register">
					<Box
						name="register"
						title={ __( 'Make an account for numbers that nobody has', 'nxt-cloud-chat' ) }
						help={
							facts.default_role
								? /* translators: %s: a role, as Subscriber */ sprintf( __( 'With the role %s. The number never shows in names or addresses.', 'nxt-cloud-chat' ), facts.default_role )
								: __( 'The number never shows in names or addresses.', 'nxt-cloud-chat' )
						}
					>
						{ draft.register && ! facts.registers && (
							<p className="nxtchat-loginwarn">
								{ __( 'WordPress does not let anyone register now, so this has no effect.', 'nxt-cloud-chat' ) } <a href={ facts.general_url }>{ __( 'Open Settings → General', 'nxt-cloud-chat' ) }</a>
							</p>
						) }
					</Box>
				</Card>
				<Card title={ __( 'The other way round', 'nxt-cloud-chat' ) } id="word">
					<Box
						name="word"
						title={ __( 'People may write to you instead', 'nxt-cloud-chat' ) }
						help={ __( 'They send a word from the form to your WhatsApp number and get the code as an answer. It costs you nothing, and proves the number as well.', 'nxt-cloud-chat' ) }
					/>
				</Card>
				<Sender facts={ facts } />
			</div>
			<Preview />
		</div>
	);
}

/** Which number and which template: only where there is a choice. */
function Sender( { facts }: { facts: Facts } ) {
	const draft = useDraft();
	const others = facts.templates.some( ( { id } ) => id !== draft.template_id );
	if ( facts.accounts.length < 2 && ! others ) {
		return null;
	}
	return (
		<Card title={ __( 'What is sent, and from where', 'nxt-cloud-chat' ) } id="sender">
			<Fragment>
				{ facts.accounts.length > 1 && (
					<Field path="account_id" label={ __( 'Number that sends the codes', 'nxt-cloud-chat' ) }>
						{ ( props ) => (
							<select { ...props } value={ draft.account_id } onChange={ ( event ) => edit( { account_id: Number( event.target.value ) } ) }>
								<option value={ 0 }>{ __( 'The first that can', 'nxt-cloud-chat' ) }</option>
								{ facts.accounts.map( ( { id, name } ) => (
									<option key={ id } value={ id }>
										{ name }
									</option>
								) ) }
							</select>
						) }
					</Field>
				) }
				{ others && (
					<Field path="template_id" label={ __( 'Template', 'nxt-cloud-chat' ) } help={ __( 'Any approved one of the category Authentication.', 'nxt-cloud-chat' ) }>
						{ ( props ) => (
							<select { ...props } value={ draft.template_id } onChange={ ( event ) => edit( { template_id: Number( event.target.value ) } ) }>
								<option value={ 0 }>{ __( 'None', 'nxt-cloud-chat' ) }</option>
								{ facts.templates.map( ( one ) => (
									<option key={ one.id } value={ one.id }>
										{ `${ one.name } (${ languageName( one.language ) }, ${ statusLabel( { status: one.status, gone: false, paused_until_ms: 0 } ) })` }
									</option>
								) ) }
							</select>
						) }
					</Field>
				) }
			</Fragment>
		</Card>
	);
}
