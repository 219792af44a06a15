/** Actions on many people: the select, what it asks before it begins, and how far it is. */
import { createElement, Fragment, useId, useState } from '@wordpress/element';
import { __, _n, sprintf } from '@wordpress/i18n';

import { Control, type Option } from '../core/form';
import { Icon } from '../core/icons';
import { formatCount, formatNumber, peopleCount, readNumber, roundEstimate } from '../core/number';
import { languageOptions } from '../core/places';
import { useStore } from '../core/store';
import { Dialog, Notice } from '../core/ui';
import { directory } from '../group/store';
import { list, runBulk, stopBulk } from './actions';
import type { BulkAction, BulkValue } from './api';
import { FieldControl } from './FieldControl';
import { DeleteWords } from './ListTable';
import { selectedCount, type BulkRun } from './store';
import type { View } from './view';

const actions = (): { value: BulkAction; label: string }[] => [
	{ value: 'add_group', label: __( 'Add to a group', 'nxt-cloud-chat' ) },
	{ value: 'remove_group', label: __( 'Remove from a group', 'nxt-cloud-chat' ) },
	{ value: 'set_language', label: __( 'Set the language', 'nxt-cloud-chat' ) },
	{ value: 'set_field', label: __( 'Set a custom field', 'nxt-cloud-chat' ) },
	{ value: 'revoke', label: __( 'Unsubscribe from marketing', 'nxt-cloud-chat' ) },
	{ value: 'delete', label: __( 'Delete for ever', 'nxt-cloud-chat' ) },
];

export function BulkBar( { view, place }: { view: View; place: 'top' | 'bottom' } ) {
	const [ action, setAction ] = useState< BulkAction | '' >( '' );
	const [ asked, setAsked ] = useState< BulkAction | null >( null );
	const [ hint, setHint ] = useState( '' );
	const selected = useStore( list, ( state ) => state.selected );
	const isRunning = useStore( list, ( state ) => state.bulk?.phase ) === 'running';
	const id = useId();
	return (
		<div className="alignleft actions bulkactions">
			<label htmlFor={ id } className="screen-reader-text">
				{ __( 'Select bulk action', 'nxt-cloud-chat' ) }
			</label>
			<select id={ id } value={ action } onChange={ ( event ) => setAction( event.target.value as BulkAction | '' ) }>
				<option value="">{ __( 'Bulk actions', 'nxt-cloud-chat' ) }</option>
				{ actions().map( ( { value, label } ) => (
					<option key={ value } value={ value }>
						{ label }
					</option>
				) ) }
			</select>
			<button
				type="button"
				className="button action"
				disabled={ isRunning }
				onClick={ () => {
					const missing = ! action
						? __( 'Choose an action first.', 'nxt-cloud-chat' )
						: ! selected.length
							? __( 'Select people first: tick the boxes beside their names.', 'nxt-cloud-chat' )
							: '';
					setHint( missing );
					if ( action && ! missing ) {
						setAsked( action );
					}
				} }
			>
				{ __( 'Apply', 'nxt-cloud-chat' ) }
			</button>
			<span className="nxtchat-hint" role="status">
				{ hint && ( ! action || ! selected.length ) ? hint : '' }
			</span>
			{ asked && (
				<Ask
					key={ `${ place }-${ asked }` }
					action={ asked }
					onClose={ () => setAsked( null ) }
					onConfirm={ ( value ) => {
						setAsked( null );
						setAction( '' );
						void runBulk( asked, value, view );
					} }
				/>
			) }
		</div>
	);
}

function Ask( { action, onClose, onConfirm }: { action: BulkAction; onClose: () => void; onConfirm: ( value: BulkValue ) => void } ) {
	const count = selectedCount( useStore( list, ( state ) => state ) );
	const groups = useStore( directory, ( state ) => state.groups );
	const fields = useStore( directory, ( state ) => state.fields );
	const [ value, setValue ] = useState( '' );
	const [ field, setField ] = useState( '' );
	const [ typed, setTyped ] = useState( '' );
	const [ error, setError ] = useState( '' );
	const people = peopleCount( count );
	const label = actions().find( ( one ) => one.value === action )?.label ?? '';
	const isDanger = action === 'delete' || action === 'revoke';
	const needed = count.exact ? count.value : roundEstimate( count.value );
	const chosen = fields?.find( ( { name } ) => name === field );
	const options = ( items: Option[] ): Option[] => [ { value: '', label: __( 'Choose…', 'nxt-cloud-chat' ) }, ...items ];

	const submit = () => {
		const wrong =
			( action === 'add_group' || action === 'remove_group' || action === 'set_language' ) && ! value
				? __( 'Choose one.', 'nxt-cloud-chat' )
				: action === 'set_field' && ! field
					? __( 'Choose a field.', 'nxt-cloud-chat' )
					: action === 'delete' && readNumber( typed ) !== needed
						? /* translators: %s: a number */ sprintf( __( 'Type %s to go on.', 'nxt-cloud-chat' ), formatNumber( needed ) )
						: '';
		setError( wrong );
		if ( ! wrong ) {
			onConfirm(
				action === 'set_field' ? { field, value } : action === 'add_group' || action === 'remove_group' ? Number( value ) : action === 'set_language' ? value : null
			);
		}
	};
	return (
		<Dialog title={ /* translators: 1: an action, 2: a number of people, as in "12 people" */ sprintf( __( '%1$s: %2$s', 'nxt-cloud-chat' ), label, people ) } onClose={ onClose } className="is-small">
			<form
				noValidate
				onSubmit={ ( event ) => {
					event.preventDefault();
					submit();
				} }
			>
				{ ( action === 'add_group' || action === 'remove_group' ) &&
					( groups?.length === 0 ? (
						<p>{ __( 'There are no groups yet. Make one in the tab “Groups”.', 'nxt-cloud-chat' ) }</p>
					) : (
						<Control
							type="select"
							label={ __( 'Group', 'nxt-cloud-chat' ) }
							value={ value }
							onChange={ setValue }
							error={ error }
							options={ options( ( groups ?? [] ).map( ( { id, name } ) => ( { value: String( id ), label: name } ) ) ) }
						/>
					) ) }
				{ action === 'set_language' && (
					<Control type="select" label={ __( 'Language', 'nxt-cloud-chat' ) } value={ value } onChange={ setValue } error={ error } options={ options( languageOptions() ) } />
				) }
				{ action === 'set_field' && (
					<Fragment>
						<Control
							type="select"
							label={ __( 'Custom field', 'nxt-cloud-chat' ) }
							value={ field }
							onChange={ ( name ) => {
								setField( name );
								setValue( '' );
							} }
							error={ error }
							options={ options( ( fields ?? [] ).map( ( one ) => ( { value: one.name, label: one.label } ) ) ) }
						/>
						{ chosen && <FieldControl field={ { ...chosen, label: __( 'New value', 'nxt-cloud-chat' ) } } value={ value } onChange={ setValue } help={ __( 'Empty: the value is removed.', 'nxt-cloud-chat' ) } /> }
					</Fragment>
				) }
				{ action === 'revoke' && (
					<p>{ __( 'They get no marketing messages from now on. Only they themselves can change that, by writing START.', 'nxt-cloud-chat' ) }</p>
				) }
				{ action === 'delete' && (
					<Fragment>
						<DeleteWords isMany={ count.value > 1 } />
						<Control
							label={ /* translators: %s: a number */ sprintf( __( 'To confirm, type the number of people: %s', 'nxt-cloud-chat' ), formatNumber( needed ) ) }
							value={ typed }
							onChange={ setTyped }
							error={ error }
							isShort
						/>
					</Fragment>
				) }
				<div className="nxtchat-dialog__actions">
					<button type="button" className="button" onClick={ onClose }>
						{ __( 'Cancel', 'nxt-cloud-chat' ) }
					</button>
					<button type="submit" className={ `button button-primary${ isDanger ? ' nxtchat-danger' : '' }` }>
						{ action === 'delete'
							? /* translators: %s: a number of people, as in "12 people" */ sprintf( __( 'Delete %s', 'nxt-cloud-chat' ), people )
							: action === 'revoke'
								? /* translators: %s: a number of people, as in "12 people" */ sprintf( __( 'Unsubscribe %s', 'nxt-cloud-chat' ), people )
								: __( 'Apply', 'nxt-cloud-chat' ) }
					</button>
				</div>
			</form>
		</Dialog>
	);
}

/** Counts who was different before: who was in the group already is not told as added. */
function told( { action, changed: done }: BulkRun ): string {
	const n = formatNumber( done );
	switch ( action ) {
		case 'add_group':
			/* translators: %s: a number */
			return sprintf( _n( '%s person added to the group.', '%s people added to the group.', done, 'nxt-cloud-chat' ), n );
		case 'remove_group':
			/* translators: %s: a number */
			return sprintf( _n( '%s person removed from the group.', '%s people removed from the group.', done, 'nxt-cloud-chat' ), n );
		case 'revoke':
			/* translators: %s: a number */
			return sprintf( _n( '%s person unsubscribed.', '%s people unsubscribed.', done, 'nxt-cloud-chat' ), n );
		case 'delete':
			/* translators: %s: a number */
			return sprintf( _n( '%s person deleted.', '%s people deleted.', done, 'nxt-cloud-chat' ), n );
		case 'set_field':
		case 'set_language':
			/* translators: %s: a number */
			return sprintf( _n( '%s person changed.', '%s people changed.', done, 'nxt-cloud-chat' ), n );
	}
}

export function BulkProgress() {
	const run = useStore( list, ( state ) => state.bulk );
	if ( ! run ) {
		return null;
	}
	const onDismiss = () => list.dispatch( { type: 'bulk', run: null } );
	if ( run.phase === 'running' ) {
		return (
			<div className="notice inline notice-info nxtchat-notice nxtchat-bulkrun" role="status">
				<label>
					{ sprintf(
						/* translators: 1: number done, 2: number of all */
						__( '%1$s of %2$s done', 'nxt-cloud-chat' ),
						formatNumber( run.done ),
						formatCount( run.total )
					) }
					<progress max={ Math.max( run.total.value, run.done, 1 ) } value={ run.done } />
				</label>
				<button type="button" className="button" onClick={ stopBulk }>
					{ __( 'Stop', 'nxt-cloud-chat' ) }
				</button>
			</div>
		);
	}
	return (
		<Notice kind={ run.phase === 'failed' ? 'error' : run.phase === 'stopped' ? 'warning' : 'success' } onDismiss={ onDismiss }>
			<p>
				{ run.phase !== 'done' && <Icon name="alert" size={ 18 } /> }{ ' ' }
				{ run.phase === 'stopped' && __( 'Stopped.', 'nxt-cloud-chat' ) } { run.error && <strong>{ run.error.message }</strong> } { run.error?.remedy } { told( run ) }{ ' ' }
				{ run.done > run.changed && sprintf( /* translators: %s: a number */ _n( '%s needed no change.', '%s needed no change.', run.done - run.changed, 'nxt-cloud-chat' ), formatNumber( run.done - run.changed ) ) }
			</p>
		</Notice>
	);
}
