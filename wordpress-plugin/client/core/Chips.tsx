/** A list of short texts: typed, or chosen from a list. Enter or a comma adds, Backspace in the empty field removes the last. */
import { speak } from '@wordpress/a11y';
import { createElement, useRef, useState } from '@wordpress/element';
import { __, sprintf } from '@wordpress/i18n';

import { Icon } from './icons';
import { withTexts } from './text';

export interface Choice {
	value: string;
	label: string;
}

interface Props {
	/** id of the control, for its label. */
	id: string;
	/** Of the list; of the control too when no label stands beside it. */
	label: string;
	isUnlabelled?: boolean;
	values: string[];
	onChange: ( values: string[] ) => void;
	/** With choices a list to choose from, otherwise a text field. */
	choices?: Choice[] | undefined;
	placeholder?: string;
	maxLength?: number;
	isDisabled?: boolean;
	describedBy?: string | undefined;
	isInvalid?: boolean | undefined;
}

export function Chips( { id, label, isUnlabelled = false, values, onChange, choices, placeholder, maxLength, isDisabled = false, describedBy, isInvalid }: Props ) {
	const [ typed, setTyped ] = useState( '' );
	const control = useRef< HTMLInputElement & HTMLSelectElement >( null );
	const labelOf = ( value: string ) => choices?.find( ( choice ) => choice.value === value )?.label ?? value;
	const add = ( text: string ) => {
		setTyped( '' );
		const next = withTexts( values, text );
		if ( next !== values ) {
			onChange( next );
		}
	};
	const remove = ( value: string ) => {
		onChange( values.filter( ( one ) => one !== value ) );
		/* translators: %s: what was removed from a list */
		speak( sprintf( __( '%s removed.', 'nxt-cloud-chat' ), labelOf( value ) ) );
		control.current?.focus();
	};
	const common = { id, 'aria-label': isUnlabelled ? label : undefined, disabled: isDisabled, 'aria-describedby': describedBy, 'aria-invalid': isInvalid || undefined };
	return (
		<div className="nxtchat-chips">
			{ values.length > 0 && (
				<ul className="nxtchat-chips__list" aria-label={ label }>
					{ values.map( ( value ) => (
						<li key={ value } className="nxtchat-chip">
							<span dir="auto">{ labelOf( value ) }</span>
							{ ! isDisabled && (
								<button
									type="button"
									onClick={ () => remove( value ) }
									/* translators: %s: an entry of a list */
									aria-label={ sprintf( __( 'Remove %s', 'nxt-cloud-chat' ), labelOf( value ) ) }
								>
									<Icon name="cross" size={ 14 } />
								</button>
							) }
						</li>
					) ) }
				</ul>
			) }
			{ choices ? (
				<select { ...common } ref={ control } value="" onChange={ ( event ) => onChange( [ ...values, event.target.value ] ) }>
					<option value="">{ values.length ? __( 'Add another…', 'nxt-cloud-chat' ) : __( 'Choose…', 'nxt-cloud-chat' ) }</option>
					{ choices
						.filter( ( choice ) => ! values.includes( choice.value ) )
						.map( ( choice ) => (
							<option key={ choice.value } value={ choice.value }>
								{ choice.label }
							</option>
						) ) }
				</select>
			) : (
				<input
					{ ...common }
					ref={ control }
					type="text"
					dir="auto"
					autoComplete="off"
					placeholder={ placeholder }
					maxLength={ maxLength }
					value={ typed }
					onChange={ ( event ) => ( /[,;\n]/.test( event.target.value ) ? add( event.target.value ) : setTyped( event.target.value ) ) }
					onBlur={ () => add( typed ) }
					onKeyDown={ ( event ) => {
						if ( event.key === 'Enter' && ! event.nativeEvent.isComposing ) {
							event.preventDefault();
							add( typed );
						} else if ( event.key === 'Backspace' && typed === '' && values.length ) {
							remove( values[ values.length - 1 ] ?? '' );
						}
					} }
				/>
			) }
		</div>
	);
}
