/** The filters above the table. */
import { createElement, useEffect, useState } from '@wordpress/element';
import { __, sprintf } from '@wordpress/i18n';
import type { ReactNode } from 'react';

import { boot } from '../core/boot';
import { Direction, MessageType, State } from '../core/enums';
import { useStore } from '../core/store';
import { messages, setFilters } from './actions';
import { noFilters } from './store';
import { stateLabel, typeLabel } from './words';

/** Quiet time after the last key before the search runs, ms. */
const SEARCH_DELAY_MS = 300;

export function Filters() {
	const filters = useStore( messages, ( state ) => state.filters );
	const items = useStore( messages, ( state ) => state.items );
	const [ search, setSearch ] = useState( filters.search );
	useEffect( () => {
		if ( search.trim() === messages.get().filters.search ) {
			return;
		}
		const timer = setTimeout( () => setFilters( { search: search.trim() } ), SEARCH_DELAY_MS );
		return () => clearTimeout( timer );
	}, [ search ] );

	const contact = filters.contact ? items.find( ( item ) => item.contact?.id === filters.contact )?.contact : null;
	const isFiltered = Object.values( filters ).some( Boolean );
	return (
		<div className="nxtchat-filters" role="search">
			{ boot.accounts.length > 1 && (
				<Select label={ __( 'Number', 'nxt-cloud-chat' ) } value={ filters.account } onChange={ ( account ) => setFilters( { account } ) }>
					<option value={ 0 }>{ __( 'All numbers', 'nxt-cloud-chat' ) }</option>
					{ boot.accounts.map( ( { id, name, display_phone: phone } ) => (
						<option key={ id } value={ id }>
							{ name || phone }
						</option>
					) ) }
				</Select>
			) }
			<Select label={ __( 'Direction', 'nxt-cloud-chat' ) } value={ filters.direction } onChange={ ( direction ) => setFilters( { direction } ) }>
				<option value={ 0 }>{ __( 'In and out', 'nxt-cloud-chat' ) }</option>
				<option value={ Direction.IN }>{ __( 'In', 'nxt-cloud-chat' ) }</option>
				<option value={ Direction.OUT }>{ __( 'Out', 'nxt-cloud-chat' ) }</option>
			</Select>
			<Select label={ __( 'State', 'nxt-cloud-chat' ) } value={ filters.state } onChange={ ( state ) => setFilters( { state } ) }>
				<option value={ 0 }>{ __( 'All states', 'nxt-cloud-chat' ) }</option>
				{ Object.values( State ).map( ( state ) => (
					<option key={ state } value={ state }>
						{ stateLabel( state ) }
					</option>
				) ) }
			</Select>
			<Select label={ __( 'Type', 'nxt-cloud-chat' ) } value={ filters.type } onChange={ ( type ) => setFilters( { type } ) }>
				<option value={ 0 }>{ __( 'All types', 'nxt-cloud-chat' ) }</option>
				{ Object.values( MessageType ).map( ( type ) => (
					<option key={ type } value={ type }>
						{ typeLabel( type ) }
					</option>
				) ) }
			</Select>
			<label className="nxtchat-filters__day">
				<span>{ __( 'From', 'nxt-cloud-chat' ) }</span>
				<input type="date" value={ filters.from } max={ filters.to || undefined } onChange={ ( event ) => setFilters( { from: event.target.value } ) } />
			</label>
			<label className="nxtchat-filters__day">
				<span>{ __( 'To', 'nxt-cloud-chat' ) }</span>
				<input type="date" value={ filters.to } min={ filters.from || undefined } onChange={ ( event ) => setFilters( { to: event.target.value } ) } />
			</label>
			<label className="nxtchat-filters__search">
				<span className="screen-reader-text">{ __( 'Search name, number or identifier', 'nxt-cloud-chat' ) }</span>
				<input
					type="search"
					value={ search }
					placeholder={ __( 'Search name, number or identifier', 'nxt-cloud-chat' ) }
					onChange={ ( event ) => setSearch( event.target.value ) }
				/>
			</label>
			{ filters.contact > 0 && (
				<span className="nxtchat-chip">
					{ sprintf(
						/* translators: %s: name of a contact */
						__( 'Only %s', 'nxt-cloud-chat' ),
						contact?.name || contact?.phone || `#${ filters.contact }`
					) }
					<button type="button" onClick={ () => setFilters( { contact: 0 } ) } aria-label={ __( 'Show all contacts', 'nxt-cloud-chat' ) }>
						×
					</button>
				</span>
			) }
			{ isFiltered && (
				<button
					type="button"
					className="button-link"
					onClick={ () => {
						setSearch( '' );
						setFilters( noFilters );
					} }
				>
					{ __( 'Clear filters', 'nxt-cloud-chat' ) }
				</button>
			) }
		</div>
	);
}

const Select = ( {
	label,
	value,
	onChange,
	children,
}: {
	label: string;
	value: number;
	onChange: ( value: number ) => void;
	children: ReactNode;
} ) => (
	<select aria-label={ label } value={ value } onChange={ ( event ) => onChange( Number( event.target.value ) ) }>
		{ children }
	</select>
);
