/** What fills in one variable of a template, by its kind: a line of text, a file, a place, products, an instant. */
import { createElement, useState } from '@wordpress/element';
import { __ } from '@wordpress/i18n';
import type { ReactNode } from 'react';

import { Control } from '../core/form';
import { isComposite, partsOf, put } from './values';
import type { Variable } from './types';

interface Props {
	variable: Variable;
	label: string;
	/** What is typed, or known by itself. */
	value: unknown;
	help?: ReactNode;
	error?: string | undefined;
	/** '' while something of it is missing. */
	onChange: ( value: unknown ) => void;
}

export function ValueField( { variable, label, value, help, error, onChange }: Props ) {
	const [ parts, setParts ] = useState( () => partsOf( variable.kind, value ) );
	if ( isComposite( variable.kind ) ) {
		const labels = partLabels()[ variable.kind ] ?? {};
		return (
			<fieldset className="nxtchat-valuefield">
				<legend>{ label }</legend>
				<div className="nxtchat-valuefield__parts">
					{ Object.keys( parts ).map( ( name ) => (
						<Control
							key={ name }
							name={ `${ variable.key }.${ name }` }
							label={ labels[ name ] ?? name }
							type={ name === 'at' ? 'datetime-local' : name === 'latitude' || name === 'longitude' ? 'number' : 'text' }
							isRequired={ name !== 'name' && name !== 'address' }
							value={ parts[ name ] ?? '' }
							onChange={ ( text ) => {
								const next = { ...parts, [ name ]: text };
								setParts( next );
								onChange( put( variable.kind, next ) );
							} }
						/>
					) ) }
				</div>
				{ error && <p className="nxtchat-field__error">{ error }</p> }
				{ help && <p className="description">{ help }</p> }
			</fieldset>
		);
	}
	return (
		<Control
			name={ variable.key }
			label={ label }
			isRequired={ variable.required }
			value={ typeof value === 'string' || typeof value === 'number' ? String( value ) : '' }
			placeholder={ isFile( variable.kind ) ? 'https://' : typeof variable.example === 'string' ? variable.example : undefined }
			help={ help ?? ( isFile( variable.kind ) ? __( 'Its address on the web, as in your media library, or its id at WhatsApp.', 'nxt-cloud-chat' ) : undefined ) }
			error={ error }
			onChange={ onChange }
		/>
	);
}

const isFile = ( kind: string ): boolean => [ 'image', 'video', 'gif', 'document' ].includes( kind );

const partLabels = (): Record< string, Record< string, string > > => ( {
	location: {
		latitude: __( 'Latitude', 'nxt-cloud-chat' ),
		longitude: __( 'Longitude', 'nxt-cloud-chat' ),
		name: __( 'Name of the place', 'nxt-cloud-chat' ),
		address: __( 'Address', 'nxt-cloud-chat' ),
	},
	product: {
		catalog_id: __( 'Id of the catalogue', 'nxt-cloud-chat' ),
		product_retailer_id: __( 'Id of the product in it', 'nxt-cloud-chat' ),
	},
	products: {
		title: __( 'Heading of the list', 'nxt-cloud-chat' ),
		ids: __( 'Ids of the products, with commas', 'nxt-cloud-chat' ),
	},
	expires_ms: { at: __( 'Ends at (your time)', 'nxt-cloud-chat' ) },
} );
