/** One code to a phone of the owner, and what became of it. */
import { speak } from '@wordpress/a11y';
import { createElement, useEffect, useId, useRef, useState } from '@wordpress/element';
import { __ } from '@wordpress/i18n';

import type { ApiError } from '../core/error';
import { fieldErrors } from '../core/form';
import { Icon } from '../core/icons';
import { useStore } from '../core/store';
import { ErrorNotice } from '../core/ui';
import { fetchTest, sendTest, type Outcome } from './api';
import { Card } from './parts';
import { asError, login } from './session';

/** How often and how long is looked whether it arrived, ms. */
const LOOK_MS = 1_500;
const LOOK_MAX_MS = 60_000;

export function TestCard() {
	const isReady = useStore( login, ( state ) => state.data?.template.is_ready ?? false );
	const id = useId();
	const [ phone, setPhone ] = useState( '' );
	const [ isBusy, setBusy ] = useState( false );
	const [ error, setError ] = useState< ApiError | null >( null );
	const [ outcome, setOutcome ] = useState< Outcome | null >( null );
	const field = useRef< HTMLInputElement >( null );
	const mistake = fieldErrors( error ).phone;

	useEffect( () => {
		if ( ! outcome || outcome.done ) {
			return;
		}
		const until = Date.now() + LOOK_MAX_MS;
		const timer = setInterval( () => {
			if ( Date.now() > until ) {
				clearInterval( timer );
				return;
			}
			fetchTest( outcome.id ).then(
				( now ) => {
					if ( now.message !== outcome.message ) {
						setOutcome( now );
						speak( now.message );
					}
				},
				() => undefined
			);
		}, LOOK_MS );
		return () => clearInterval( timer );
	}, [ outcome ] );

	const send = async () => {
		setBusy( true );
		setError( null );
		setOutcome( null );
		try {
			const now = await sendTest( phone );
			setOutcome( now );
			speak( now.message );
		} catch ( reason ) {
			setError( asError( reason ) );
			field.current?.focus();
		}
		setBusy( false );
	};
	return (
		<Card title={ __( 'Try it', 'nxt-cloud-chat' ) } id="test" intro={ __( 'Sends a code to your own phone, the same way as to visitors. Nobody can log in with it.', 'nxt-cloud-chat' ) }>
			<form
				noValidate
				onSubmit={ ( event ) => {
					event.preventDefault();
					void send();
				} }
			>
				<div className={ `nxtchat-field${ mistake ? ' has-error' : '' }` }>
					<label htmlFor={ id }>{ __( 'Your WhatsApp number', 'nxt-cloud-chat' ) }</label>
					<span className="nxtchat-logintest">
						<input
							ref={ field }
							id={ id }
							type="tel"
							dir="ltr"
							className="regular-text"
							autoComplete="tel"
							maxLength={ 50 }
							value={ phone }
							aria-invalid={ mistake ? true : undefined }
							aria-describedby={ mistake ? `${ id }-error` : undefined }
							onChange={ ( event ) => setPhone( event.target.value ) }
						/>
						<button type="submit" className="button" disabled={ isBusy || ! isReady || ! phone.trim() }>
							{ isBusy ? __( 'Sending…', 'nxt-cloud-chat' ) : __( 'Send a test code', 'nxt-cloud-chat' ) }
						</button>
					</span>
					{ mistake && (
						<p id={ `${ id }-error` } className="nxtchat-field__error">
							{ mistake }
						</p>
					) }
					{ ! isReady && <p className="description">{ __( 'This works once the template is approved.', 'nxt-cloud-chat' ) }</p> }
				</div>
			</form>
			{ error && ! mistake && <ErrorNotice error={ error } /> }
			{ outcome && (
				<p className={ `nxtchat-outcome is-${ outcome.ok ? ( outcome.done ? 'ok' : 'wait' ) : 'fail' }` } data-outcome={ outcome.done ? 'done' : 'wait' }>
					<Icon name={ outcome.ok ? ( outcome.done ? 'check' : 'clock' ) : 'alert' } size={ 20 } />
					<span>
						<strong>{ outcome.message }</strong> { outcome.remedy }
					</span>
				</p>
			) }
		</Card>
	);
}
