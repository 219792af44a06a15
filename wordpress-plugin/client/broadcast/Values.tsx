/** What fills in the variables of a template. */
import { createElement, Fragment } from '@wordpress/element';
import { __ } from '@wordpress/i18n';

import type { Problem } from '../core/error';
import { Control } from '../core/form';
import type { Source } from '../template/editor/api';
import type { Binding, Bindings, TemplateDetail } from '../template/types';

interface Props {
	/** Where they stand in the definition. */
	path: string;
	template: TemplateDetail;
	/** They go before those of the template itself. */
	values: Bindings;
	sources: Source[];
	problems: Problem[];
	onChange: ( values: Bindings ) => void;
}

export function Values( { path, template, values, sources, problems, onChange }: Props ) {
	const bind = ( key: string, now: Binding | undefined, part: Partial< Binding > ) => {
		const next = { source: '', ...now, ...part };
		const others = Object.fromEntries( Object.entries( values ).filter( ( [ name ] ) => name !== key ) );
		onChange( next.source === '' ? others : { ...others, [ key ]: next } );
	};
	return (
		<Fragment>
			{ template.variables
				.filter( ( { required } ) => required )
				.map( ( { key, label } ) => {
					const binding = values[ key ] ?? template.bindings[ key ];
					return (
						<fieldset key={ key } className="nxtchat-compose__variable">
							<legend>{ label ?? key }</legend>
							<Control
								type="select"
								label={ __( 'Comes from', 'nxt-cloud-chat' ) }
								error={ problems.find( ( problem ) => problem.path === `${ path }.${ key }` )?.message }
								value={ binding?.source ?? '' }
								options={ [ { value: '', label: __( 'Choose…', 'nxt-cloud-chat' ) }, ...sources.map( ( { source, label: name, group } ) => ( { value: source, label: source === 'text' ? name : `${ group }: ${ name }` } ) ) ] }
								onChange={ ( source ) => bind( key, binding, { source } ) }
							/>
							{ binding?.source === 'text' ? (
								<Control label={ __( 'Text', 'nxt-cloud-chat' ) } value={ typeof binding.value === 'string' ? binding.value : '' } onChange={ ( value ) => bind( key, binding, { value } ) } />
							) : (
								binding && <Control label={ __( 'Use this when it is empty', 'nxt-cloud-chat' ) } value={ binding.fallback ?? '' } help={ __( 'If you leave this empty too, people without a value are left out.', 'nxt-cloud-chat' ) } onChange={ ( fallback ) => bind( key, binding, { fallback } ) } />
							) }
						</fieldset>
					);
				} ) }
		</Fragment>
	);
}
