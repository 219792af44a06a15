/** The big switch, and what is missing before it can be used. */
import { createElement, useState } from '@wordpress/element';
import { __ } from '@wordpress/i18n';

import { boot } from '../core/boot';
import { Icon } from '../core/icons';
import { useStore } from '../core/store';
import type { Facts, Missing } from './api';
import { MakeTemplate } from './TemplateCard';
import { login, switchTo } from './session';
import { href, type Tab } from './settings';

export function Switch() {
	const data = useStore( login, ( state ) => state.data );
	const isBusy = useStore( login, ( state ) => state.phase === 'busy' );
	const [ isTried, setTried ] = useState( false );
	if ( ! data ) {
		return null;
	}
	const blocks = data.missing.filter( ( one ) => one.blocks );
	const notes = data.missing.filter( ( one ) => ! one.blocks );
	const isOn = data.enabled;
	const canSwitch = isOn || blocks.length === 0;
	const state = isOn ? ( blocks.length ? 'broken' : 'on' ) : 'off';
	return (
		<section className={ `nxtchat-card nxtchat-switchcard is-${ state }` } aria-labelledby="nxtchat-login-switch">
			<div className="nxtchat-switchcard__head">
				<button
					type="button"
					role="switch"
					className="nxtchat-switch"
					aria-checked={ isOn }
					aria-labelledby="nxtchat-login-switch"
					aria-describedby="nxtchat-login-switch-help"
					aria-disabled={ ! canSwitch || isBusy }
					onClick={ () => ( canSwitch && ! isBusy ? void switchTo( ! isOn ) : setTried( true ) ) }
				>
					<span />
				</button>
				<div>
					<h2 id="nxtchat-login-switch">{ __( 'Login by WhatsApp', 'nxt-cloud-chat' ) }</h2>
					<p id="nxtchat-login-switch-help">
						{ state === 'on' && __( 'On. Visitors can log in with a code that arrives on their WhatsApp.', 'nxt-cloud-chat' ) }
						{ state === 'broken' && __( 'On, but nobody gets a code now: visitors are asked for their password.', 'nxt-cloud-chat' ) }
						{ state === 'off' &&
							( blocks.length
								? __( 'Off. Before you can switch it on, this is missing:', 'nxt-cloud-chat' )
								: __( 'Off. Everything is ready: you can switch it on.', 'nxt-cloud-chat' ) ) }
					</p>
				</div>
			</div>
			{ blocks.length > 0 && <List items={ blocks } facts={ data.facts } isUrgent={ isOn || isTried } /> }
			{ notes.length > 0 && <List items={ notes } facts={ data.facts } isNote /> }
		</section>
	);
}

function List( { items, facts, isNote = false, isUrgent = false }: { items: Missing[]; facts: Facts; isNote?: boolean; isUrgent?: boolean } ) {
	return (
		<ul className={ `nxtchat-missing${ isNote ? ' is-note' : '' }${ isUrgent ? ' is-urgent' : '' }` }>
			{ items.map( ( item ) => (
				<li key={ item.key } data-missing={ item.key }>
					<Icon name={ isNote ? 'info' : 'alert' } size={ 20 } />
					<div>
						<strong>{ item.message }</strong>
						{ item.remedy && <span>{ item.remedy }</span> }
						<Mend item={ item } facts={ facts } />
					</div>
				</li>
			) ) }
		</ul>
	);
}

/** The way to where it is mended. */
function Mend( { item, facts }: { item: Missing; facts: Facts } ) {
	switch ( item.place ) {
		case 'template':
			return <MakeTemplate isCompact />;
		case 'account':
			return <a href={ boot.links.account }>{ __( 'Open Accounts', 'nxt-cloud-chat' ) }</a>;
		case 'general':
			return <a href={ facts.general_url }>{ __( 'Open Settings → General', 'nxt-cloud-chat' ) }</a>;
		case '':
			return null;
		default:
			return <a href={ href( item.place as Tab ) }>{ __( 'Show the setting', 'nxt-cloud-chat' ) }</a>;
	}
}
