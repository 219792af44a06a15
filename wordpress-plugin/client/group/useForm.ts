/** The state of a small form: its values, what is wrong, whether it is being saved. */
import { useRef, useState } from '@wordpress/element';
import type { FormEvent } from 'react';

import type { ApiError } from '../core/error';
import { fieldErrors, focusMistake, type FieldErrors } from '../core/form';
import { asError } from './store';

/**
 * @param initial What the form begins with.
 * @param check   Mistakes that need no server, by field; none = save.
 * @param save    Throws an ApiError, whose problems are shown at their fields.
 */
export function useForm< T extends object >( initial: T, check: ( values: T ) => FieldErrors, save: ( values: T ) => Promise< void > ) {
	const [ values, setValues ] = useState( initial );
	const [ errors, setErrors ] = useState< FieldErrors >( {} );
	const [ failure, setFailure ] = useState< ApiError | null >( null );
	const [ isBusy, setBusy ] = useState( false );
	const form = useRef< HTMLFormElement >( null );
	const submit = async () => {
		const found = check( values );
		setErrors( found );
		setFailure( null );
		if ( Object.values( found ).some( Boolean ) ) {
			focusMistake( form.current );
			return;
		}
		setBusy( true );
		try {
			await save( values );
			setValues( initial );
		} catch ( reason ) {
			const error = asError( reason );
			setErrors( fieldErrors( error ) );
			setFailure( error );
			focusMistake( form.current );
		}
		setBusy( false );
	};
	return {
		values,
		errors,
		failure,
		isBusy,
		set: ( change: Partial< T > ) => {
			setValues( ( now ) => ( { ...now, ...change } ) );
			setErrors( ( now ) => ( { ...now, ...Object.fromEntries( Object.keys( change ).map( ( name ) => [ name, undefined ] ) ) } ) );
		},
		form: {
			ref: form,
			noValidate: true,
			onSubmit: ( event: FormEvent ) => {
				event.preventDefault();
				void submit();
			},
		},
	};
}
