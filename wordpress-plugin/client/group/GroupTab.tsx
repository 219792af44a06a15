/** Groups: lists of people put together by hand. */
import { createElement, Fragment, useEffect, useState } from '@wordpress/element';
import { __, sprintf } from '@wordpress/i18n';

import { boot } from '../core/boot';
import type { ApiError } from '../core/error';
import { Control, FormActions, isToldAtFields } from '../core/form';
import { formatCount, peopleCount } from '../core/number';
import { useStore } from '../core/store';
import { dateTime } from '../core/time';
import type { Group } from '../core/types';
import { Confirm, Dialog, Empty, ErrorNotice, LoadError, Skeleton } from '../core/ui';
import { href, type Route } from '../contact/router';
import { removeGroup, saveGroup } from './actions';
import { asError, directory, loadGroups } from './store';
import { useForm } from './useForm';
import './group.css';

/** Limits of the table's columns, characters. */
const MAX_NAME = 190;
const MAX_DESCRIPTION = 500;

export function GroupTab( { route }: { route: Route } ) {
	void route;
	const groups = useStore( directory, ( state ) => state.groups );
	const error = useStore( directory, ( state ) => state.errors.groups );
	const [ editing, setEditing ] = useState< Group | null >( null );
	const [ removing, setRemoving ] = useState< Group | null >( null );
	useEffect( () => void loadGroups(), [] );

	return (
		<div className="nxtchat-two">
			{ boot.caps.contacts && (
				<section aria-labelledby="nxtchat-addgroup">
					<h2 id="nxtchat-addgroup">{ __( 'Add a group', 'nxt-cloud-chat' ) }</h2>
					<p className="description">
						{ __( 'A list that you fill yourself: “Regulars”, “Plant club”. For people who share something, like a country or when they last wrote, make a segment.', 'nxt-cloud-chat' ) }
					</p>
					<GroupForm group={ null } />
				</section>
			) }
			<section aria-labelledby="nxtchat-allgroups">
				<h2 id="nxtchat-allgroups" className="screen-reader-text">
					{ __( 'All groups', 'nxt-cloud-chat' ) }
				</h2>
				{ error && ! groups && <LoadError error={ error } onRetry={ () => void loadGroups() } /> }
				{ ! groups && ! error && <Skeleton rows={ 4 } label={ __( 'Loading groups', 'nxt-cloud-chat' ) } /> }
				{ groups && ! groups.length && (
					<div className="nxtchat-card">
						<Empty icon="people" title={ __( 'No groups yet', 'nxt-cloud-chat' ) }>
							<p>{ __( 'People join a group on their page, from the list of contacts, or with an import.', 'nxt-cloud-chat' ) }</p>
						</Empty>
					</div>
				) }
				{ groups && groups.length > 0 && (
					<table className="wp-list-table widefat fixed striped nxtchat-groups">
						<thead>
							<tr>
								<th scope="col" className="column-primary column-name">
									{ __( 'Name', 'nxt-cloud-chat' ) }
								</th>
								<th scope="col">{ __( 'Description', 'nxt-cloud-chat' ) }</th>
								<th scope="col" className="nxtchat-groups__count">
									{ __( 'People', 'nxt-cloud-chat' ) }
								</th>
							</tr>
						</thead>
						<tbody>
							{ groups.map( ( group ) => (
								<Row key={ group.id } group={ group } onEdit={ setEditing } onRemove={ setRemoving } />
							) ) }
						</tbody>
					</table>
				) }
			</section>
			{ editing && (
				<Dialog title={ __( 'Edit the group', 'nxt-cloud-chat' ) } onClose={ () => setEditing( null ) } className="is-small">
					<GroupForm group={ editing } onDone={ () => setEditing( null ) } />
				</Dialog>
			) }
			{ removing && <Remove group={ removing } onClose={ () => setRemoving( null ) } /> }
		</div>
	);
}

function Row( { group, onEdit, onRemove }: { group: Group; onEdit: ( group: Group ) => void; onRemove: ( group: Group ) => void } ) {
	const [ isExpanded, setExpanded ] = useState( false );
	const people = href( 'contacts', null, { group: group.id } );
	return (
		<tr className={ isExpanded ? 'is-expanded' : undefined }>
			<td className="column-primary column-name has-row-actions">
				<strong>
					<a className="row-title" href={ people } title={ /* translators: %s: date and time */ sprintf( __( 'Made %s', 'nxt-cloud-chat' ), dateTime( group.created_ms ) ) }>
						{ group.name }
					</a>
				</strong>
				<div className="row-actions">
					<span>
						<a href={ people } aria-label={ /* translators: %s: name of a group */ sprintf( __( 'People in %s', 'nxt-cloud-chat' ), group.name ) }>
							{ __( 'Show people', 'nxt-cloud-chat' ) }
						</a>
					</span>
					{ boot.caps.contacts && (
						<Fragment>
							<span>
								{ ' | ' }
								<button type="button" className="button-link" onClick={ () => onEdit( group ) } aria-label={ /* translators: %s: name of a group */ sprintf( __( 'Edit %s', 'nxt-cloud-chat' ), group.name ) }>
									{ __( 'Edit', 'nxt-cloud-chat' ) }
								</button>
							</span>
							<span className="delete">
								{ ' | ' }
								<button
									type="button"
									className="button-link button-link-delete"
									onClick={ () => onRemove( group ) }
									aria-label={ /* translators: %s: name of a group */ sprintf( __( 'Delete %s', 'nxt-cloud-chat' ), group.name ) }
								>
									{ __( 'Delete', 'nxt-cloud-chat' ) }
								</button>
							</span>
						</Fragment>
					) }
				</div>
				<button type="button" className="toggle-row" aria-expanded={ isExpanded } onClick={ () => setExpanded( ! isExpanded ) }>
					<span className="screen-reader-text">{ __( 'Show more details', 'nxt-cloud-chat' ) }</span>
				</button>
			</td>
			<td data-colname={ __( 'Description', 'nxt-cloud-chat' ) }>{ group.description || '—' }</td>
			<td className="nxtchat-groups__count" data-colname={ __( 'People', 'nxt-cloud-chat' ) }>
				<a href={ people }>{ formatCount( group.members ) }</a>
			</td>
		</tr>
	);
}

function GroupForm( { group, onDone }: { group: Group | null; onDone?: () => void } ) {
	const { values, errors, failure, isBusy, set, form } = useForm(
		{ name: group?.name ?? '', description: group?.description ?? '' },
		( { name } ) => ( name.trim() ? {} : { name: __( 'A group needs a name.', 'nxt-cloud-chat' ) } ),
		async ( { name, description } ) => {
			await saveGroup( group, { name: name.trim(), description: description.trim() } );
			onDone?.();
		}
	);
	return (
		<form { ...form } className="nxtchat-form">
			{ failure && ! isToldAtFields( failure, [ 'name', 'description' ] ) && <ErrorNotice error={ failure } /> }
			<Control label={ __( 'Name', 'nxt-cloud-chat' ) } name="group" isRequired value={ values.name } maxLength={ MAX_NAME } error={ errors.name } onChange={ ( name ) => set( { name } ) } />
			<Control
				type="textarea"
				label={ __( 'Description', 'nxt-cloud-chat' ) }
				value={ values.description }
				maxLength={ MAX_DESCRIPTION }
				error={ errors.description }
				help={ __( 'Only your team sees it.', 'nxt-cloud-chat' ) }
				onChange={ ( description ) => set( { description } ) }
			/>
			<FormActions isBusy={ isBusy } label={ group ? __( 'Save', 'nxt-cloud-chat' ) : __( 'Add the group', 'nxt-cloud-chat' ) } onCancel={ onDone } />
		</form>
	);
}

function Remove( { group, onClose }: { group: Group; onClose: () => void } ) {
	const [ isBusy, setBusy ] = useState( false );
	const [ error, setError ] = useState< ApiError | null >( null );
	return (
		<Confirm
			/* translators: %s: name of a group */
			title={ sprintf( __( 'Delete the group %s?', 'nxt-cloud-chat' ), group.name ) }
			action={ __( 'Delete the group', 'nxt-cloud-chat' ) }
			isBusy={ isBusy }
			onClose={ onClose }
			onConfirm={ async () => {
				setBusy( true );
				setError( null );
				try {
					await removeGroup( group );
					onClose();
				} catch ( reason ) {
					setError( asError( reason ) );
					setBusy( false );
				}
			} }
		>
			{ error && <ErrorNotice error={ error } /> }
			<p>
				{ group.members.value
					? /* translators: %s: number of people, as in "12 people" */ sprintf( __( 'Only the list goes: %s stay in your contacts, with everything about them.', 'nxt-cloud-chat' ), peopleCount( group.members ) )
					: __( 'Nobody is in it.', 'nxt-cloud-chat' ) }
			</p>
		</Confirm>
	);
}
