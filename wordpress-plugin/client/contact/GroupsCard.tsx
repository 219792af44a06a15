/** The groups of a person. */
import { createElement, useId, useState } from '@wordpress/element';
import { __, sprintf } from '@wordpress/i18n';

import { boot } from '../core/boot';
import { useStore } from '../core/store';
import type { ContactFull } from '../core/types';
import { directory } from '../group/store';
import { addToGroup, removeFromGroup } from './page-actions';
import { href } from './router';

export function GroupsCard( { contact }: { contact: ContactFull } ) {
	const groups = useStore( directory, ( state ) => state.groups );
	const [ isBusy, setBusy ] = useState( false );
	const id = useId();
	const others = ( groups ?? [] ).filter( ( group ) => ! contact.groups.some( ( one ) => one.id === group.id ) );
	const run = async ( work: Promise< boolean > ) => {
		setBusy( true );
		await work;
		setBusy( false );
	};
	return (
		<section className="nxtchat-card" aria-labelledby="nxtchat-groups">
			<h2 id="nxtchat-groups">{ __( 'Groups', 'nxt-cloud-chat' ) }</h2>
			{ contact.groups.length > 0 && (
				<ul className="nxtchat-chips">
					{ contact.groups.map( ( group ) => (
						<li key={ group.id } className="nxtchat-chip">
							<a href={ href( 'contacts', null, { group: group.id } ) }>{ group.name }</a>
							{ boot.caps.contacts && (
								<button
									type="button"
									disabled={ isBusy }
									onClick={ () => void run( removeFromGroup( contact.id, group.id, group.name ) ) }
									/* translators: %s: name of a group */
									aria-label={ sprintf( __( 'Remove from %s', 'nxt-cloud-chat' ), group.name ) }
								>
									×
								</button>
							) }
						</li>
					) ) }
				</ul>
			) }
			{ ! contact.groups.length && <p className="nxtchat-soft">{ __( 'In no group.', 'nxt-cloud-chat' ) }</p> }
			{ boot.caps.contacts && others.length > 0 && (
				<div className="nxtchat-inline">
					<label htmlFor={ id } className="screen-reader-text">
						{ __( 'Add to a group', 'nxt-cloud-chat' ) }
					</label>
					<select
						id={ id }
						value=""
						disabled={ isBusy }
						onChange={ ( event ) => {
							const group = others.find( ( one ) => one.id === Number( event.target.value ) );
							if ( group ) {
								void run( addToGroup( contact.id, group.id, group.name ) );
							}
						} }
					>
						<option value="">{ __( 'Add to a group…', 'nxt-cloud-chat' ) }</option>
						{ others.map( ( group ) => (
							<option key={ group.id } value={ group.id }>
								{ group.name }
							</option>
						) ) }
					</select>
				</div>
			) }
			{ boot.caps.contacts && groups?.length === 0 && (
				<p>
					<a href={ href( 'groups' ) }>{ __( 'Make a group', 'nxt-cloud-chat' ) }</a>
				</p>
			) }
		</section>
	);
}
