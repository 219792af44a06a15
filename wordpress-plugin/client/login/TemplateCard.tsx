/** The message that carries the code: its state, and one click to have it. */
import { createElement, Fragment, useState } from '@wordpress/element';
import { __, sprintf } from '@wordpress/i18n';

import { boot } from '../core/boot';
import type { ApiError } from '../core/error';
import { Icon } from '../core/icons';
import { languageName } from '../core/places';
import { useStore } from '../core/store';
import { ErrorNotice } from '../core/ui';
import { statusLabel, statusWord } from '../template/words';
import { Card } from './parts';
import { asError, login, makeTemplate } from './session';
import type { TemplateState } from './api';

/** What the one click does now; '' = there is nothing to do. */
export function actionOf( template: TemplateState ): string {
	switch ( template.status ) {
		case 'PENDING':
		case 'IN_APPEAL':
			return '';
		case 'APPROVED':
			return template.next ? __( 'Update the template', 'nxt-cloud-chat' ) : '';
		case '':
			return __( 'Make the template', 'nxt-cloud-chat' );
		case 'PAUSED':
			return __( 'End the pause', 'nxt-cloud-chat' );
		case 'DRAFT':
		case 'REJECTED':
			return __( 'Hand it in', 'nxt-cloud-chat' );
		default:
			return __( 'Make a new one', 'nxt-cloud-chat' );
	}
}

export function MakeTemplate( { isCompact = false }: { isCompact?: boolean } ) {
	const template = useStore( login, ( state ) => state.data?.template );
	const hasAccount = useStore( login, ( state ) => state.data?.facts.accounts.some( ( account ) => account.can_send ) ?? false );
	const [ isBusy, setBusy ] = useState( false );
	const [ error, setError ] = useState< ApiError | null >( null );
	const [ notices, setNotices ] = useState< string[] >( [] );
	const action = template ? actionOf( template ) : '';
	const make = async () => {
		setBusy( true );
		setError( null );
		try {
			setNotices( await makeTemplate() );
		} catch ( reason ) {
			setError( asError( reason ) );
		}
		setBusy( false );
	};
	return (
		<Fragment>
			{ action && (
				<button type="button" className={ `button${ isCompact ? '' : ' button-primary' }` } disabled={ isBusy || ! hasAccount } onClick={ () => void make() }>
					{ isBusy ? __( 'One moment…', 'nxt-cloud-chat' ) : action }
				</button>
			) }
			{ error && <ErrorNotice error={ error } onDismiss={ () => setError( null ) } /> }
			{ error?.problems.map( ( { path, message, remedy } ) => (
				<p key={ path + message } className="description">
					{ message } { remedy }
				</p>
			) ) }
			{ notices.map( ( notice ) => (
				<p key={ notice } className="description">
					{ notice }
				</p>
			) ) }
		</Fragment>
	);
}

export function TemplateCard() {
	const template = useStore( login, ( state ) => state.data?.template );
	const missing = useStore( login, ( state ) => state.data?.missing ) ?? [];
	if ( ! template ) {
		return null;
	}
	const { tone } = statusWord( template.status );
	// One button is enough.
	const isAtSwitch = missing.some( ( { place } ) => place === 'template' );
	return (
		<Card title={ __( 'The message with the code', 'nxt-cloud-chat' ) } id="template">
			<p className="nxtchat-logintemplate">
				{ template.status && template.status !== 'WRONG_CATEGORY' && (
					<span className={ `nxtchat-badge is-${ tone }` } data-status={ template.status }>
						<Icon name={ tone === 'ok' ? 'check' : tone === 'fail' ? 'alert' : 'clock' } size={ 14 } /> { statusLabel( { status: template.status, gone: false, paused_until_ms: 0 } ) }
					</span>
				) }
				{ template.message }
			</p>
			{ template.next && ! isAtSwitch && <p className="description">{ template.next }</p> }
			{ template.shown.text && (
				<div className="nxtchat-codebubble" role="group" aria-label={ __( 'The message as it arrives', 'nxt-cloud-chat' ) } lang={ template.language.replace( '_', '-' ) || undefined } dir="auto">
					<p>{ template.shown.text }</p>
					{ template.shown.footer && <p className="nxtchat-codebubble__footer">{ template.shown.footer }</p> }
					{ template.shown.button && (
						<p className="nxtchat-codebubble__button">
							<Icon name="copy" size={ 16 } /> { template.shown.button }
						</p>
					) }
				</div>
			) }
			{ ! isAtSwitch && <MakeTemplate /> }
			{ template.name && (
				<p className="description">
					<a href={ `${ boot.links.template }#/template/${ template.id }` }>{ template.name }</a>{ ' · ' }
					{ languageName( template.language ) }
					{ template.minutes > 0 && (
						<Fragment>
							{ ' · ' }
							{ /* translators: %d: minutes */ sprintf( __( 'says that the code lives %d min', 'nxt-cloud-chat' ), template.minutes ) }
						</Fragment>
					) }
				</p>
			) }
		</Card>
	);
}
