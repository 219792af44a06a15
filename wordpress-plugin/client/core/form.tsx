/** Parts of forms: one labelled control with its help and its mistake, and what the server found wrong by field. */
import { createElement, useId } from '@wordpress/element';
import { __ } from '@wordpress/i18n';
import type { ReactNode } from 'react';

import type { ApiError } from './error';

export interface Option {
	value: string;
	label: string;
}

/** Mistakes by the field's name. */
export type FieldErrors = Record< string, string | undefined >;

/** What the server said about single fields. */
export const fieldErrors = ( error: ApiError | null ): FieldErrors =>
	Object.fromEntries( ( error?.problems ?? [] ).map( ( { path, message, remedy } ) => [ path, `${ message } ${ remedy }`.trim() ] ) );

/** The mistakes that no control of a form shows: they belong above it. */
export const otherProblems = ( error: ApiError, shown: string[] ): string[] =>
	error.problems.filter( ( { path } ) => ! shown.includes( path ) ).map( ( { message, remedy } ) => `${ message } ${ remedy }`.trim() );

/** All that is wrong stands at its control already: a notice above would say it twice. */
export const isToldAtFields = ( error: ApiError, shown: string[] ): boolean => error.problems.length > 0 && error.problems.every( ( { path } ) => shown.includes( path ) );

/** Puts the cursor into the first control that has a mistake. Call after it is drawn. */
export function focusMistake( form: HTMLElement | null ): void {
	requestAnimationFrame( () => form?.querySelector< HTMLElement >( '[aria-invalid="true"]' )?.focus() );
}

interface Props {
	label: ReactNode;
	value: string;
	onChange: ( value: string ) => void;
	type?: 'text' | 'email' | 'tel' | 'number' | 'date' | 'datetime-local' | 'textarea' | 'select';
	/** Of a select. */
	options?: Option[];
	help?: ReactNode;
	error?: string | undefined;
	name?: string;
	placeholder?: string;
	isRequired?: boolean;
	isShort?: boolean;
	isDisabled?: boolean;
	/** Characters at most. */
	maxLength?: number;
	rows?: number;
	max?: string;
}

export function Control( { label, value, onChange, type = 'text', options = [], help, error, name, placeholder, isRequired, isShort, isDisabled, maxLength, rows = 3, max }: Props ) {
	const id = useId();
	const described = [ error && `${ id }-error`, help && `${ id }-help` ].filter( Boolean ).join( ' ' );
	const common = {
		id,
		name: name && `nxtchat-${ name }`,
		className: isShort ? 'small-text' : 'regular-text',
		value,
		disabled: isDisabled,
		'aria-invalid': error ? ( true as const ) : undefined,
		'aria-describedby': described || undefined,
		'aria-required': isRequired || undefined,
	};
	return (
		<div className={ `nxtchat-field${ error ? ' has-error' : '' }` }>
			<label htmlFor={ id }>
				{ label }
				{ isRequired && (
					<span className="nxtchat-field__required" aria-hidden="true">
						{ ' *' }
					</span>
				) }
			</label>
			{ type === 'select' ? (
				<select { ...common } onChange={ ( event ) => onChange( event.target.value ) }>
					{ options.map( ( option ) => (
						<option key={ option.value } value={ option.value }>
							{ option.label }
						</option>
					) ) }
				</select>
			) : type === 'textarea' ? (
				<textarea { ...common } rows={ rows } maxLength={ maxLength } placeholder={ placeholder } onChange={ ( event ) => onChange( event.target.value ) } />
			) : (
				<input
					{ ...common }
					type={ type === 'number' ? 'text' : type }
					inputMode={ type === 'number' ? 'decimal' : undefined }
					dir={ type === 'tel' || type === 'email' ? 'ltr' : undefined }
					autoComplete="off"
					maxLength={ maxLength }
					max={ max }
					placeholder={ placeholder }
					onChange={ ( event ) => onChange( event.target.value ) }
				/>
			) }
			{ error && (
				<p id={ `${ id }-error` } className="nxtchat-field__error">
					{ error }
				</p>
			) }
			{ help && (
				<p id={ `${ id }-help` } className="description">
					{ help }
				</p>
			) }
		</div>
	);
}

/** Save and Cancel under a form. */
export const FormActions = ( { isBusy, label, onCancel }: { isBusy: boolean; label?: string; onCancel?: (() => void) | undefined } ) => (
	<div className="nxtchat-form__actions">
		<button type="submit" className="button button-primary" disabled={ isBusy }>
			{ isBusy ? __( 'Saving…', 'nxt-cloud-chat' ) : label ?? __( 'Save', 'nxt-cloud-chat' ) }
		</button>
		{ onCancel && (
			<button type="button" className="button" onClick={ onCancel }>
				{ __( 'Cancel', 'nxt-cloud-chat' ) }
			</button>
		) }
	</div>
);
