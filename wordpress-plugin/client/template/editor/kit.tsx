/** What the fields of the editor share: one control that knows its place in Meta's JSON and shows what is wrong there. */
import { createElement, Fragment } from '@wordpress/element';
import { __, sprintf } from '@wordpress/i18n';
import type { ReactNode } from 'react';

import { Control } from '../../core/form';
import { Icon, type IconName } from '../../core/icons';
import { countCharacters } from '../../core/text';
import type { Problem } from '../types';
import { categoryLabel } from '../words';
import { get, str } from './json';
import { put, type Form } from './model';
import type { LocalFiles } from './PhonePreview';

/** The open editor, as its fields see it. */
export interface Edit {
	form: Form;
	change: ( next: ( form: Form ) => Form ) => void;
	/** What is to be told at a control now. */
	told: ( place: string ) => Problem[];
	account: number;
	/** WhatsApp has it already: name and language are fixed. */
	isFixed: boolean;
	isApproved: boolean;
	files: LocalFiles;
	keepFile: ( handle: string, file: File ) => void;
}

/** The rules mark what they quote with backticks, and call categories as Meta does. */
export const quoted = ( text: string ): string =>
	text.replace( /`([^`]*)`|\b(?:MARKETING|UTILITY|AUTHENTICATION)\b/g, ( found, inner?: string ) => `“${ inner ?? categoryLabel( found ) }”` );

const sentence = ( { message, remedy }: Problem ): string => quoted( `${ message } ${ remedy }`.trim() );

/** The mistakes of a place as one text, for a control. */
export const mistake = ( edit: Edit, place: string ): string | undefined =>
	edit
		.told( place )
		.filter( ( { severity } ) => severity === 'error' )
		.map( sentence )
		.join( ' ' ) || undefined;

/** What is told at a place and at no control of its own: of a group of fields, and all advice. */
export const Told = ( { edit, place, onlyAdvice = false }: { edit: Edit; place: string; onlyAdvice?: boolean } ) => (
	<Fragment>
		{ edit
			.told( place )
			.filter( ( { severity } ) => ! onlyAdvice || severity === 'warning' )
			.map( ( problem ) => (
				<p key={ problem.rule } className={ problem.severity === 'error' ? 'nxtchat-field__error' : 'nxtchat-editor__advice' }>
					{ problem.severity === 'warning' && <Icon name="info" size={ 16 } /> }
					{ sentence( problem ) }
				</p>
			) ) }
	</Fragment>
);

interface FieldProps {
	edit: Edit;
	/** Of the value in Meta's JSON. */
	place: string;
	label: ReactNode;
	/** Characters at most, which are counted under the field. */
	max?: number;
	help?: ReactNode;
	type?: 'text' | 'tel' | 'number' | 'textarea' | 'select';
	options?: { value: string; label: string }[];
	/** Other than writing the text there. */
	value?: string;
	onChange?: ( value: string ) => void;
	isRequired?: boolean;
	isShort?: boolean;
	isDisabled?: boolean;
	placeholder?: string;
	rows?: number;
}

/** A labelled control of a text in Meta's JSON. */
export function PlaceField( { edit, place, max, help, value = str( get( edit.form.template, place ) ), onChange, ...props }: FieldProps ) {
	const length = countCharacters( value );
	return (
		<div data-place={ place } className={ max && length > max ? 'is-over' : undefined }>
			<Control
				{ ...props }
				value={ value }
				error={ mistake( edit, place ) }
				help={
					help || max ? (
						<Fragment>
							{ max ? (
								<span className="nxtchat-editor__count">
									{ /* translators: 1: characters that there are, 2: characters at most */ sprintf( __( '%1$d of %2$d characters', 'nxt-cloud-chat' ), length, max ) }
								</span>
							) : null }
							{ max && help ? ' · ' : null }
							{ help }
						</Fragment>
					) : undefined
				}
				onChange={ onChange ?? ( ( text ) => edit.change( ( form ) => put( form, place, text ) ) ) }
			/>
			<Told edit={ edit } place={ place } onlyAdvice />
		</div>
	);
}

/** A tick with its label. */
export const Tick = ( { edit, place, label, isOn, onChange }: { edit: Edit; place: string; label: ReactNode; isOn: boolean; onChange: ( isOn: boolean ) => void } ) => (
	<div data-place={ place }>
		<label className="nxtchat-choice">
			<input type="checkbox" checked={ isOn } onChange={ ( event ) => onChange( event.target.checked ) } />
			<span>{ label }</span>
		</label>
		<Told edit={ edit } place={ place } />
	</div>
);

/** A group of fields with its heading. */
export const Group = ( { edit, place, title, children, help }: { edit: Edit; place: string; title: string; help?: ReactNode; children?: ReactNode } ) => (
	<fieldset className="nxtchat-editor__group" data-place={ place || undefined }>
		<legend>{ title }</legend>
		{ help && <p className="description">{ help }</p> }
		{ place && <Told edit={ edit } place={ place } /> }
		{ children }
	</fieldset>
);

/** Up, down and away, for an entry of a list. @param name Of the entry, for its labels. */
export const Order = ( { name, at, count, onMove, onRemove }: { name: string; at: number; count: number; onMove: ( to: number ) => void; onRemove?: ( () => void ) | undefined } ) => {
	const button = ( icon: IconName, label: string, isDisabled: boolean, onClick: () => void ) => (
		<button type="button" className="nxtchat-iconbutton" aria-label={ label } title={ label } disabled={ isDisabled } onClick={ onClick }>
			<Icon name={ icon } />
		</button>
	);
	return (
		<span className="nxtchat-editor__order">
			{ /* translators: %s: name of an entry */ button( 'up', sprintf( __( 'Move %s up', 'nxt-cloud-chat' ), name ), at === 0, () => onMove( at - 1 ) ) }
			{ /* translators: %s: name of an entry */ button( 'down', sprintf( __( 'Move %s down', 'nxt-cloud-chat' ), name ), at === count - 1, () => onMove( at + 1 ) ) }
			{ onRemove && /* translators: %s: name of an entry */ button( 'trash', sprintf( __( 'Remove %s', 'nxt-cloud-chat' ), name ), false, onRemove ) }
		</span>
	);
};
