/** The control of a custom field, by its type. */
import { createElement } from '@wordpress/element';
import { __ } from '@wordpress/i18n';
import type { ReactNode } from 'react';

import { FieldType } from '../core/enums';
import { Control } from '../core/form';
import type { Field } from '../core/types';

interface Props {
	field: Pick< Field, 'name' | 'label' | 'type' | 'choices' >;
	/** Canonical text, '' = no value. */
	value: string;
	onChange: ( value: string ) => void;
	error?: string | undefined;
	help?: ReactNode;
}

export function FieldControl( { field, value, ...rest }: Props ) {
	const common = { label: field.label, name: field.name, value, ...rest };
	switch ( field.type ) {
		case FieldType.TEXT:
			return <Control { ...common } />;
		case FieldType.NUMBER:
			return <Control { ...common } type="number" isShort />;
		case FieldType.DATE:
			return <Control { ...common } type="date" />;
		case FieldType.CHOICE:
		case FieldType.YES_NO: {
			const options =
				field.type === FieldType.YES_NO
					? [
							{ value: '1', label: __( 'Yes', 'nxt-cloud-chat' ) },
							{ value: '0', label: __( 'No', 'nxt-cloud-chat' ) },
					  ]
					: field.choices.map( ( choice ) => ( { value: choice, label: choice } ) );
			// A choice that was taken out of the list since is still what this person has.
			const known = ! value || options.some( ( option ) => option.value === value ) ? options : [ { value, label: value }, ...options ];
			return <Control { ...common } type="select" options={ [ { value: '', label: __( '— No value —', 'nxt-cloud-chat' ) }, ...known ] } />;
		}
	}
}
