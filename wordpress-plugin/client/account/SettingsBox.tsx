/** The settings that belong to the whole site. */
import { createElement, useState } from '@wordpress/element';
import { __ } from '@wordpress/i18n';

import type { ApiError } from '../core/error';
import type { Settings } from '../core/types';
import { ErrorNotice, Notice } from '../core/ui';
import { asError, saveSettings } from './actions';

const MAX_DAYS = 3650;
const MIN_SPOOL_MB = 16;
const MAX_SPOOL_MB = 102400;

export function SettingsBox( { settings }: { settings: Settings } ) {
	const [ draft, setDraft ] = useState( settings );
	const [ error, setError ] = useState< ApiError | null >( null );
	const [ phase, setPhase ] = useState< 'idle' | 'busy' | 'saved' >( 'idle' );
	const set = ( change: Partial< Settings > ) => {
		setDraft( { ...draft, ...change } );
		setPhase( 'idle' );
	};
	const submit = async () => {
		setPhase( 'busy' );
		setError( null );
		try {
			await saveSettings( draft );
			setPhase( 'saved' );
		} catch ( reason ) {
			setError( asError( reason ) );
			setPhase( 'idle' );
		}
	};
	return (
		<section className="nxtchat-card nxtchat-settings" aria-labelledby="nxtchat-settings">
			<h2 id="nxtchat-settings">{ __( 'Settings', 'nxt-cloud-chat' ) }</h2>
			<form
				onSubmit={ ( event ) => {
					event.preventDefault();
					void submit();
				} }
			>
				<fieldset>
					<legend>{ __( 'When Meta’s message is confirmed', 'nxt-cloud-chat' ) }</legend>
					<label className="nxtchat-choice">
						<input
							type="radio"
							name="nxtchat-durability"
							checked={ draft.durability === 'full' }
							onChange={ () => set( { durability: 'full' } ) }
						/>
						<span>
							<strong>{ __( 'When it is safely on disk', 'nxt-cloud-chat' ) }</strong>
							<span className="description">{ __( 'Nothing is lost even when the power fails. Right for almost every site.', 'nxt-cloud-chat' ) }</span>
						</span>
					</label>
					<label className="nxtchat-choice">
						<input
							type="radio"
							name="nxtchat-durability"
							checked={ draft.durability === 'normal' }
							onChange={ () => set( { durability: 'normal' } ) }
						/>
						<span>
							<strong>{ __( 'When it is handed to the system', 'nxt-cloud-chat' ) }</strong>
							<span className="description">{ __( 'Faster with thousands of events a second; a power failure may lose the last moments.', 'nxt-cloud-chat' ) }</span>
						</span>
					</label>
				</fieldset>
				<div className="nxtchat-field">
					<label htmlFor="nxtchat-events-days">{ __( 'Keep raw events for', 'nxt-cloud-chat' ) }</label>
					<span className="nxtchat-inline">
						<input
							id="nxtchat-events-days"
							type="number"
							className="small-text"
							min={ 1 }
							max={ MAX_DAYS }
							required
							value={ draft.events_days }
							aria-describedby="nxtchat-events-days-help"
							onChange={ ( event ) => set( { events_days: event.target.valueAsNumber || 0 } ) }
						/>
						{ __( 'days', 'nxt-cloud-chat' ) }
					</span>
					<p id="nxtchat-events-days-help" className="description">
						{ __( 'What Meta delivered, word for word, to look into problems. Messages are not concerned: they stay until you delete them.', 'nxt-cloud-chat' ) }
					</p>
				</div>
				<div className="nxtchat-field">
					<label htmlFor="nxtchat-spool-mb">{ __( 'Events that may wait on this server', 'nxt-cloud-chat' ) }</label>
					<span className="nxtchat-inline">
						<input
							id="nxtchat-spool-mb"
							type="number"
							className="small-text"
							min={ MIN_SPOOL_MB }
							max={ MAX_SPOOL_MB }
							required
							value={ draft.spool_mb }
							aria-describedby="nxtchat-spool-mb-help"
							onChange={ ( event ) => set( { spool_mb: event.target.valueAsNumber || 0 } ) }
						/>
						{ __( 'MB', 'nxt-cloud-chat' ) }
					</span>
					<p id="nxtchat-spool-mb-help" className="description">
						{ __( 'When the database is away, events collect on disk up to this size. Beyond it Meta is asked to deliver later.', 'nxt-cloud-chat' ) }
					</p>
				</div>
				<label className="nxtchat-choice">
					<input
						type="checkbox"
						checked={ draft.delete_data }
						onChange={ ( event ) => set( { delete_data: event.target.checked } ) }
					/>
					<span>
						<strong>{ __( 'Delete everything when the plugin is deleted', 'nxt-cloud-chat' ) }</strong>
						<span className="description">{ __( 'Accounts, conversations, messages, settings and files. Without this tick they stay.', 'nxt-cloud-chat' ) }</span>
					</span>
				</label>
				{ error && <ErrorNotice error={ error } /> }
				{ phase === 'saved' && (
					<Notice kind="success" onDismiss={ () => setPhase( 'idle' ) }>
						<p>{ __( 'Settings saved.', 'nxt-cloud-chat' ) }</p>
					</Notice>
				) }
				<p>
					<button type="submit" className="button" disabled={ phase === 'busy' }>
						{ phase === 'busy' ? __( 'Saving…', 'nxt-cloud-chat' ) : __( 'Save settings', 'nxt-cloud-chat' ) }
					</button>
				</p>
			</form>
		</section>
	);
}
