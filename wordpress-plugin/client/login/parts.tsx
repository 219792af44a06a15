/** Controls of the Login screen: one setting each, told in a line, with what it comes as. */
import { createElement, useId } from '@wordpress/element';
import { __, sprintf } from '@wordpress/i18n';
import type { ReactNode } from 'react';

import type { ApiError } from '../core/error';
import { fieldErrors } from '../core/form';
import { useStore } from '../core/store';
import type { Settings } from './api';
import { edit, login } from './session';

/** What is being edited. The screen shows its tabs only once it is there. */
export const useDraft = (): Settings => useStore( login, ( state ) => state.draft as Settings );

/** What the server said about a field. */
export function useMistake( path: string ): string | undefined {
	const error = useStore( login, ( state ) => state.saveError );
	return mistakeAt( error, path );
}

/** Also of its parts: `proxies` for `proxies.2`. */
export function mistakeAt( error: ApiError | null, path: string ): string | undefined {
	const told = fieldErrors( error );
	const key = Object.keys( told ).find( ( one ) => one === path || one.startsWith( `${ path }.` ) || one.startsWith( `${ path }[` ) );
	return key && told[ key ];
}

export const Card = ( { title, id, children, intro }: { title: string; id: string; intro?: ReactNode; children?: ReactNode } ) => (
	<section className="nxtchat-card" aria-labelledby={ `nxtchat-login-${ id }` }>
		<h2 id={ `nxtchat-login-${ id }` }>{ title }</h2>
		{ intro && <p className="description">{ intro }</p> }
		{ children }
	</section>
);

type Flag = { [ key in keyof Settings ]: Settings[ key ] extends boolean ? key : never }[ keyof Settings ];

export function Box( { name, title, help, children }: { name: Flag; title: string; help?: ReactNode; children?: ReactNode } ) {
	const draft = useDraft();
	return (
		<div>
			<label className="nxtchat-choice">
				<input type="checkbox" checked={ draft[ name ] } onChange={ ( event ) => edit( { [ name ]: event.target.checked } ) } />
				<span>
					<strong>{ title }</strong>
					{ help && <span className="description">{ help }</span> }
				</span>
			</label>
			{ children }
		</div>
	);
}

interface FieldProps {
	path: string;
	label: ReactNode;
	help?: ReactNode;
	/** Draws the control. */
	children: ( props: { 'id': string; 'aria-invalid': true | undefined; 'aria-describedby': string | undefined } ) => ReactNode;
}

/** A label, a control, its help and its mistake. */
export function Field( { path, label, help, children }: FieldProps ) {
	const id = useId();
	const mistake = useMistake( path );
	const described = [ mistake && `${ id }-error`, help && `${ id }-help` ].filter( Boolean ).join( ' ' );
	return (
		<div className={ `nxtchat-field${ mistake ? ' has-error' : '' }` }>
			<label htmlFor={ id }>{ label }</label>
			{ children( { id, 'aria-invalid': mistake ? true : undefined, 'aria-describedby': described || undefined } ) }
			{ mistake && (
				<p id={ `${ id }-error` } className="nxtchat-field__error">
					{ mistake }
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

type Numeric = { [ key in keyof Settings ]: Settings[ key ] extends number ? key : never }[ keyof Settings ];

/** One of a few numbers. What it comes as is marked. */
export function Choose( { name, label, help, options }: { name: Numeric; label: string; help?: ReactNode; options: { value: number; label: string }[] } ) {
	const draft = useDraft();
	const standard = useStore( login, ( state ) => state.data?.defaults[ name ] );
	return (
		<Field path={ name } label={ label } help={ help }>
			{ ( props ) => (
				<select { ...props } value={ draft[ name ] } onChange={ ( event ) => edit( { [ name ]: Number( event.target.value ) } ) }>
					{ options.map( ( option ) => (
						<option key={ option.value } value={ option.value }>
							{ option.value === standard
								? /* translators: %s: a choice that is recommended */ sprintf( __( '%s (recommended)', 'nxt-cloud-chat' ), option.label )
								: option.label }
						</option>
					) ) }
				</select>
			) }
		</Field>
	);
}

export function NumberField( { name, label, help, unit, step = 1 }: { name: Numeric; label: string; help?: ReactNode; unit?: string; step?: number | 'any' } ) {
	const draft = useDraft();
	const [ min, max ] = useStore( login, ( state ) => state.data?.facts.ranges[ name ] ) ?? [ 0, undefined ];
	return (
		<Field path={ name } label={ label } help={ help }>
			{ ( props ) => (
				<span className="nxtchat-inline">
					<input
						{ ...props }
						type="number"
						className="small-text"
						min={ min }
						max={ max }
						step={ step }
						value={ Number.isNaN( draft[ name ] ) ? '' : draft[ name ] }
						onChange={ ( event ) => edit( { [ name ]: event.target.valueAsNumber } ) }
					/>
					{ unit }
				</span>
			) }
		</Field>
	);
}
