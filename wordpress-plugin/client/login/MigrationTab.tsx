/** Asking users who are there already to add their number, kindly first. */
import { createElement, Fragment } from '@wordpress/element';
import { __, sprintf } from '@wordpress/i18n';

import { formatNumber } from '../core/number';
import { useStore } from '../core/store';
import type { Facts, Settings } from './api';
import { Card, Field, useDraft } from './parts';
import { Roles } from './SecurityTab';
import { edit, login } from './session';

const MAX_TEXT = 500;

export function MigrationTab() {
	const draft = useDraft();
	const facts = useStore( login, ( state ) => state.data?.facts as Facts );
	const isOn = useStore( login, ( state ) => state.data?.enabled ?? false );
	const { users, bound } = facts.progress;
	const { migrate } = draft;
	const set = ( change: Partial< Settings[ 'migrate' ] > ) => edit( { migrate: { ...migrate, ...change } } );
	const share = users > 0 ? Math.min( 100, Math.round( ( 100 * bound ) / users ) ) : 0;
	return (
		<div className="nxtchat-loginnarrow">
			<Card
				title={ __( 'Ask your users for their number', 'nxt-cloud-chat' ) }
				id="migrate"
				intro={ __( 'For sites whose users have passwords so far. First a friendly banner, from a day on a page that they cannot pass without a number. Administrators always get in with their password.', 'nxt-cloud-chat' ) }
			>
				<div className="nxtchat-use">
					<span>{ __( 'Users with a number', 'nxt-cloud-chat' ) }</span>
					<span className="nxtchat-number">{ /* translators: 1: a number, 2: a number */ sprintf( __( '%1$s of %2$s', 'nxt-cloud-chat' ), formatNumber( bound ), formatNumber( users ) ) }</span>
					<div className="nxtchat-use__bar" aria-hidden="true">
						<span style={ { inlineSize: `${ share }%` } } />
					</div>
				</div>
				<label className="nxtchat-choice">
					<input type="checkbox" checked={ migrate.enabled } onChange={ ( event ) => set( { enabled: event.target.checked } ) } />
					<span>
						<strong>{ __( 'Show the banner', 'nxt-cloud-chat' ) }</strong>
						<span className="description">{ isOn ? __( 'To users without a number who are logged in, in wp-admin and on the site.', 'nxt-cloud-chat' ) : __( 'It shows once login by WhatsApp is switched on.', 'nxt-cloud-chat' ) }</span>
					</span>
				</label>
				{ migrate.enabled && (
					<Fragment>
						<Roles label={ __( 'Who is asked', 'nxt-cloud-chat' ) } values={ migrate.roles } facts={ facts } onChange={ ( roles ) => set( { roles } ) } emptyHelp={ __( 'None is ticked: all roles are asked.', 'nxt-cloud-chat' ) } />
						<Field path="migrate.until" label={ __( 'Until when it is only asked', 'nxt-cloud-chat' ) } help={ __( 'From the next day on a number must be added before going on. Empty: nobody is ever held up.', 'nxt-cloud-chat' ) }>
							{ ( props ) => <input { ...props } type="date" value={ migrate.until } onChange={ ( event ) => set( { until: event.target.value } ) } /> }
						</Field>
						<Field path="migrate.text" label={ __( 'Words of the banner', 'nxt-cloud-chat' ) } help={ __( 'Say why, in your own words. Empty: ours, in each user’s language.', 'nxt-cloud-chat' ) }>
							{ ( props ) => (
								<textarea
									{ ...props }
									rows={ 3 }
									maxLength={ MAX_TEXT }
									className="regular-text"
									placeholder={ facts.banner }
									value={ migrate.text }
									onChange={ ( event ) => set( { text: event.target.value } ) }
								/>
							) }
						</Field>
					</Fragment>
				) }
			</Card>
		</div>
	);
}
