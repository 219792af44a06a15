/** The control for a condition's value, by what its operator wants. */
import { createElement } from '@wordpress/element';
import { __ } from '@wordpress/i18n';

import { Chips, type Choice } from '../core/Chips';
import type { Input, SchemaField } from './api';
import type { Value } from './tree';

/** Days as the server allows them (Segment\Conditions). */
const MAX_DAYS = 3650;

interface Props {
	id: string;
	/** What the value is, for those who do not see the row. */
	label: string;
	input: Input;
	field: SchemaField;
	value: Value;
	isInvalid: boolean;
	describedBy?: string | undefined;
	onChange: ( value: Value ) => void;
}

const yesNo = (): Choice[] => [
	{ value: 'yes', label: __( 'Yes', 'nxt-cloud-chat' ) },
	{ value: 'no', label: __( 'No', 'nxt-cloud-chat' ) },
];

/** Numbers as typed: '' stays '', so that nothing is sent that nobody gave. */
const toNumber = ( text: string ): number | '' => ( text === '' ? '' : Number( text ) );

export function ValueInput( { id, label, input, field, value, isInvalid, describedBy, onChange }: Props ) {
	const common = { id, 'aria-label': label, 'aria-invalid': isInvalid || undefined, 'aria-describedby': describedBy };
	const text = Array.isArray( value ) ? '' : String( value ?? '' );
	switch ( input ) {
		case 'none':
			return null;
		case 'days':
			// The operator's label says "in the last … days".
			return (
				<input { ...common } type="number" className="small-text" min={ 1 } max={ MAX_DAYS } value={ text } onChange={ ( event ) => onChange( toNumber( event.target.value ) ) } />
			);
		case 'number':
			return <input { ...common } type="number" step="any" value={ text } onChange={ ( event ) => onChange( toNumber( event.target.value ) ) } />;
		case 'date':
			return <input { ...common } type="date" value={ text } onChange={ ( event ) => onChange( event.target.value ) } />;
		case 'choice':
			return (
				<select { ...common } value={ text } onChange={ ( event ) => onChange( event.target.value ) }>
					{ text === '' && <option value="">{ __( 'Choose…', 'nxt-cloud-chat' ) }</option> }
					{ ( field.choices ?? yesNo() ).map( ( choice ) => (
						<option key={ choice.value } value={ choice.value }>
							{ choice.label }
						</option>
					) ) }
				</select>
			);
		case 'choices':
			if ( field.choices && ! field.choices.length ) {
				return <span className="description">{ __( 'There are none yet.', 'nxt-cloud-chat' ) }</span>;
			}
			return (
				<Chips
					id={ id }
					label={ label }
					isUnlabelled
					values={ Array.isArray( value ) ? value.map( String ) : text === '' ? [] : [ text ] }
					choices={ field.choices?.map( ( choice ) => ( { ...choice, value: String( choice.value ) } ) ) }
					isInvalid={ isInvalid }
					describedBy={ describedBy }
					onChange={ onChange }
				/>
			);
		case 'range': {
			const [ from = '', to = '' ] = Array.isArray( value ) ? value : [];
			const type = field.type === 'date' ? 'date' : 'number';
			const read = ( typed: string ) => ( type === 'date' ? typed : toNumber( typed ) );
			return (
				<span className="nxtchat-inline">
					<input { ...common } type={ type } step="any" value={ from } aria-label={ `${ label }: ${ __( 'from', 'nxt-cloud-chat' ) }` } onChange={ ( event ) => onChange( [ read( event.target.value ), to ] ) } />
					{ __( 'and', 'nxt-cloud-chat' ) }
					<input { ...common } id={ undefined } type={ type } step="any" value={ to } aria-label={ `${ label }: ${ __( 'to', 'nxt-cloud-chat' ) }` } onChange={ ( event ) => onChange( [ from, read( event.target.value ) ] ) } />
				</span>
			);
		}
		default:
			return (
				<input { ...common } type="text" dir="auto" value={ text } onChange={ ( event ) => onChange( event.target.value ) } />
			);
	}
}
