/** Custom fields: what a shop wants to know about its people beyond name and number. */
import { speak } from '@wordpress/a11y';
import { createElement, Fragment, useEffect, useRef, useState } from '@wordpress/element';
import { __, _n, sprintf } from '@wordpress/i18n';

import { boot } from '../core/boot';
import { FieldType } from '../core/enums';
import type { ApiError } from '../core/error';
import { Control, FormActions, isToldAtFields } from '../core/form';
import { Icon } from '../core/icons';
import { formatNumber } from '../core/number';
import { useStore } from '../core/store';
import type { Field } from '../core/types';
import { Confirm, Dialog, Empty, ErrorNotice, LoadError, Skeleton } from '../core/ui';
import type { Route } from '../contact/router';
import { moveField, removeField, saveField } from './actions';
import { nameFromLabel, readChoices } from './field';
import { asError, directory, loadFields } from './store';
import { useForm } from './useForm';
import './group.css';

/** Limits of the table's columns, characters. */
const MAX_LABEL = 190;
const MAX_NAME = 64;

const typeLabels = (): Record< FieldType, string > => ( {
	[ FieldType.TEXT ]: __( 'Text', 'nxt-cloud-chat' ),
	[ FieldType.NUMBER ]: __( 'Number', 'nxt-cloud-chat' ),
	[ FieldType.DATE ]: __( 'Date', 'nxt-cloud-chat' ),
	[ FieldType.CHOICE ]: __( 'Choice from a list', 'nxt-cloud-chat' ),
	[ FieldType.YES_NO ]: __( 'Yes or no', 'nxt-cloud-chat' ),
} );

export function FieldTab( { route }: { route: Route } ) {
	void route;
	const fields = useStore( directory, ( state ) => state.fields );
	const error = useStore( directory, ( state ) => state.errors.fields );
	const [ editing, setEditing ] = useState< Field | null >( null );
	const [ removing, setRemoving ] = useState< Field | null >( null );
	const [ moveError, setMoveError ] = useState< ApiError | null >( null );
	const table = useRef< HTMLTableElement >( null );
	useEffect( () => void loadFields(), [] );

	const move = async ( field: Field, by: -1 | 1 ) => {
		setMoveError( null );
		const moved = moveField( field, by );
		// The row moved away under the finger: the button goes with it, or the other one at an end.
		requestAnimationFrame( () => {
			const buttons = table.current?.querySelectorAll< HTMLButtonElement >( `[data-field="${ field.id }"] .nxtchat-iconbutton` );
			const mine = buttons?.[ by < 0 ? 0 : 1 ];
			( mine?.disabled ? buttons?.[ by < 0 ? 1 : 0 ] : mine )?.focus();
		} );
		const place = ( directory.get().fields ?? [] ).findIndex( ( { id } ) => id === field.id ) + 1;
		/* translators: 1: name of a field, 2: a number */
		speak( sprintf( __( '%1$s is number %2$d now.', 'nxt-cloud-chat' ), field.label, place ) );
		try {
			await moved;
		} catch ( reason ) {
			setMoveError( asError( reason ) );
		}
	};
	return (
		<div className="nxtchat-two">
			{ boot.caps.contacts && (
				<section aria-labelledby="nxtchat-addfield">
					<h2 id="nxtchat-addfield">{ __( 'Add a custom field', 'nxt-cloud-chat' ) }</h2>
					<p className="description">
						{ __( 'What you want to know about people: a birthday, a customer number, a favourite branch. Fields can be used in segments and in messages.', 'nxt-cloud-chat' ) }
					</p>
					<FieldForm field={ null } />
				</section>
			) }
			<section aria-labelledby="nxtchat-allfields">
				<h2 id="nxtchat-allfields" className="screen-reader-text">
					{ __( 'All custom fields', 'nxt-cloud-chat' ) }
				</h2>
				{ moveError && <ErrorNotice error={ moveError } onDismiss={ () => setMoveError( null ) } /> }
				{ error && ! fields && <LoadError error={ error } onRetry={ () => void loadFields() } /> }
				{ ! fields && ! error && <Skeleton rows={ 4 } label={ __( 'Loading fields', 'nxt-cloud-chat' ) } /> }
				{ fields && ! fields.length && (
					<div className="nxtchat-card">
						<Empty icon="document" title={ __( 'No custom fields yet', 'nxt-cloud-chat' ) }>
							<p>{ __( 'Name, number, email, country and language are there already.', 'nxt-cloud-chat' ) }</p>
						</Empty>
					</div>
				) }
				{ fields && fields.length > 0 && (
					<table ref={ table } className="wp-list-table widefat fixed striped nxtchat-fields">
						<thead>
							<tr>
								<th scope="col" className="column-primary column-name">
									{ __( 'Field', 'nxt-cloud-chat' ) }
								</th>
								<th scope="col">{ __( 'Type', 'nxt-cloud-chat' ) }</th>
								<th scope="col" className="nxtchat-fields__name">
									{ __( 'Name in files', 'nxt-cloud-chat' ) }
								</th>
								<th scope="col" className="nxtchat-fields__count">
									{ __( 'People', 'nxt-cloud-chat' ) }
								</th>
								{ boot.caps.contacts && (
									<th scope="col" className="nxtchat-fields__order">
										{ __( 'Order', 'nxt-cloud-chat' ) }
									</th>
								) }
							</tr>
						</thead>
						<tbody>
							{ fields.map( ( field, index ) => (
								<tr key={ field.id } data-field={ field.id } className="is-expanded">
									<td className="column-primary column-name has-row-actions">
										<strong>{ field.label }</strong>
										{ boot.caps.contacts && (
											<div className="row-actions">
												<span>
													<button type="button" className="button-link" onClick={ () => setEditing( field ) } aria-label={ /* translators: %s: name of a field */ sprintf( __( 'Edit %s', 'nxt-cloud-chat' ), field.label ) }>
														{ __( 'Edit', 'nxt-cloud-chat' ) }
													</button>
												</span>
												<span className="delete">
													{ ' | ' }
													<button
														type="button"
														className="button-link button-link-delete"
														onClick={ () => setRemoving( field ) }
														aria-label={ /* translators: %s: name of a field */ sprintf( __( 'Delete %s', 'nxt-cloud-chat' ), field.label ) }
													>
														{ __( 'Delete', 'nxt-cloud-chat' ) }
													</button>
												</span>
											</div>
										) }
									</td>
									<td data-colname={ __( 'Type', 'nxt-cloud-chat' ) }>
										{ typeLabels()[ field.type ] }
										{ field.type === FieldType.CHOICE && <span className="nxtchat-soft">{ `: ${ field.choices.join( ', ' ) }` }</span> }
									</td>
									<td className="nxtchat-fields__name" data-colname={ __( 'Name in files', 'nxt-cloud-chat' ) }>
										<code>{ field.name }</code>
									</td>
									<td className="nxtchat-fields__count" data-colname={ __( 'People', 'nxt-cloud-chat' ) }>
										{ formatNumber( field.used ?? 0 ) }
									</td>
									{ boot.caps.contacts && (
										<td className="nxtchat-fields__order" data-colname={ __( 'Order', 'nxt-cloud-chat' ) }>
											<button
												type="button"
												className="nxtchat-iconbutton"
												disabled={ index === 0 }
												onClick={ () => void move( field, -1 ) }
												aria-label={ /* translators: %s: name of a field */ sprintf( __( 'Move %s up', 'nxt-cloud-chat' ), field.label ) }
											>
												<Icon name="up" />
											</button>
											<button
												type="button"
												className="nxtchat-iconbutton"
												disabled={ index === fields.length - 1 }
												onClick={ () => void move( field, 1 ) }
												aria-label={ /* translators: %s: name of a field */ sprintf( __( 'Move %s down', 'nxt-cloud-chat' ), field.label ) }
											>
												<Icon name="down" />
											</button>
										</td>
									) }
								</tr>
							) ) }
						</tbody>
					</table>
				) }
			</section>
			{ editing && (
				<Dialog title={ __( 'Edit the field', 'nxt-cloud-chat' ) } onClose={ () => setEditing( null ) } className="is-small">
					<FieldForm field={ editing } onDone={ () => setEditing( null ) } />
				</Dialog>
			) }
			{ removing && <Remove field={ removing } onClose={ () => setRemoving( null ) } /> }
		</div>
	);
}

function FieldForm( { field, onDone }: { field: Field | null; onDone?: () => void } ) {
	const { values, errors, failure, isBusy, set, form } = useForm(
		{ label: field?.label ?? '', name: field?.name ?? '', type: String( field?.type ?? FieldType.TEXT ), choices: ( field?.choices ?? [] ).join( '\n' ), clear: false },
		( { label, type, choices } ) => ( {
			label: label.trim() ? undefined : __( 'What is the field called?', 'nxt-cloud-chat' ),
			choices: Number( type ) === FieldType.CHOICE && ! readChoices( choices ).length ? __( 'Write at least one choice.', 'nxt-cloud-chat' ) : undefined,
		} ),
		async ( { label, name, type, choices, clear } ) => {
			await saveField( field, {
				label: label.trim(),
				type: Number( type ),
				choices: Number( type ) === FieldType.CHOICE ? readChoices( choices ) : [],
				...( clear ? { clear } : {} ),
				...( field ? {} : { name: name.trim() || nameFromLabel( label ) } ),
			} );
			onDone?.();
		}
	);
	const isChoice = Number( values.type ) === FieldType.CHOICE;
	return (
		<form { ...form } className="nxtchat-form">
			{ failure && ! isToldAtFields( failure, [ 'label', 'name', 'type', 'choices' ] ) && <ErrorNotice error={ failure } /> }
			{ failure?.code === 'nxtchat_values_do_not_fit' && (
				<label className="nxtchat-choice">
					<input type="checkbox" checked={ values.clear } onChange={ ( event ) => set( { clear: event.target.checked } ) } />
					{ __( 'Remove the values that don’t fit', 'nxt-cloud-chat' ) }
				</label>
			) }
			<Control
				label={ __( 'Label', 'nxt-cloud-chat' ) }
				name="field"
				isRequired
				value={ values.label }
				maxLength={ MAX_LABEL }
				error={ errors.label }
				help={ __( 'As you read it: “Customer since”.', 'nxt-cloud-chat' ) }
				onChange={ ( label ) => set( { label } ) }
			/>
			<Control
				type="select"
				label={ __( 'Type', 'nxt-cloud-chat' ) }
				value={ values.type }
				error={ errors.type }
				options={ Object.entries( typeLabels() ).map( ( [ value, label ] ) => ( { value, label } ) ) }
				onChange={ ( type ) => set( { type } ) }
			/>
			{ isChoice && (
				<Control
					type="textarea"
					rows={ 5 }
					label={ __( 'Choices, one on each line', 'nxt-cloud-chat' ) }
					value={ values.choices }
					error={ errors.choices }
					onChange={ ( choices ) => set( { choices } ) }
				/>
			) }
			{ field ? (
				<p className="description">
					{ /* translators: %s: name of a field */ sprintf( __( 'Its name in files and messages stays %s.', 'nxt-cloud-chat' ), field.name ) }
				</p>
			) : (
				<Control
					label={ __( 'Name in files and messages', 'nxt-cloud-chat' ) }
					value={ values.name }
					placeholder={ nameFromLabel( values.label ) }
					maxLength={ MAX_NAME }
					error={ errors.name }
					help={ __( 'Small letters, digits, _. It can’t be changed later.', 'nxt-cloud-chat' ) }
					onChange={ ( name ) => set( { name } ) }
				/>
			) }
			<FormActions isBusy={ isBusy } label={ field ? __( 'Save', 'nxt-cloud-chat' ) : __( 'Add the field', 'nxt-cloud-chat' ) } onCancel={ onDone } />
		</form>
	);
}

function Remove( { field, onClose }: { field: Field; onClose: () => void } ) {
	const [ isBusy, setBusy ] = useState( false );
	const [ error, setError ] = useState< ApiError | null >( null );
	const used = field.used ?? 0;
	return (
		<Confirm
			/* translators: %s: name of a field */
			title={ sprintf( __( 'Delete the field %s?', 'nxt-cloud-chat' ), field.label ) }
			action={ __( 'Delete the field', 'nxt-cloud-chat' ) }
			isBusy={ isBusy }
			onClose={ onClose }
			onConfirm={ async () => {
				setBusy( true );
				setError( null );
				try {
					await removeField( field );
					onClose();
				} catch ( reason ) {
					setError( asError( reason ) );
					setBusy( false );
				}
			} }
		>
			{ error && <ErrorNotice error={ error } /> }
			<Fragment>
				<p>
					{ used
						? sprintf(
								/* translators: %s: a number */
								_n( '%s person has a value in it, which is deleted with it. This can’t be undone.', '%s people have a value in it, which is deleted with it. This can’t be undone.', used, 'nxt-cloud-chat' ),
								formatNumber( used )
						  )
						: __( 'Nobody has a value in it.', 'nxt-cloud-chat' ) }
				</p>
				<p>{ __( 'Segments that ask for it then match nobody until you change them.', 'nxt-cloud-chat' ) }</p>
			</Fragment>
		</Confirm>
	);
}
