/** What stands for each variable: an example for WhatsApp's reviewers, and where the value comes from when it is sent. */
import { createElement, Fragment, useState } from '@wordpress/element';
import { __, sprintf } from '@wordpress/i18n';

import type { TemplateVariable } from '../../../../crates/wasm/core.mjs';
import { Control } from '../../core/form';
import type { Binding } from '../types';
import type { Source } from './api';
import { Group, mistake, type Edit } from './kit';
import { isNamed, rename, setExample, setFormat, type Form } from './model';
import { toName } from './naming';

/** Kinds whose value can be bound. */
const BOUND = [ 'text', 'url', 'coupon' ];

/** List and type of the text that a variable stands in; null when it is in none. */
function textOf( variable: TemplateVariable ): { list: string; type: 'HEADER' | 'BODY' } | null {
	const list = /^(.*)\[\d+\]\.text$/.exec( variable.place )?.[ 1 ];
	const type = /(?:^|\.)(header|body)\./.exec( variable.key )?.[ 1 ];
	return list && type && variable.kind === 'text' ? { list, type: type === 'header' ? 'HEADER' : 'BODY' } : null;
}

/** "{{1}} in the text", "End of the address, button 2". */
function labelOf( { key, name, kind }: TemplateVariable ): string {
	const [ , card ] = /^cards\.(\d+)\./.exec( key ) ?? [];
	const [ , button ] = /buttons\.(\d+)\./.exec( key ) ?? [];
	const inner = button
		? kind === 'url'
			? /* translators: %d: number of a button */ sprintf( __( 'End of the address of button %d', 'nxt-cloud-chat' ), Number( button ) + 1 )
			: __( 'Code to copy', 'nxt-cloud-chat' )
		: key.includes( 'header.' )
			? /* translators: %s: a variable */ sprintf( __( '%s in the header', 'nxt-cloud-chat' ), `{{${ name }}}` )
			: /* translators: %s: a variable */ sprintf( __( '%s in the text', 'nxt-cloud-chat' ), `{{${ name }}}` );
	/* translators: 1: number of a card, 2: a variable in it */
	return card === undefined ? inner : sprintf( __( 'Card %1$d: %2$s', 'nxt-cloud-chat' ), Number( card ) + 1, inner );
}

export function Variables( { edit, variables, sources }: { edit: Edit; variables: TemplateVariable[]; sources: Source[] } ) {
	const rows = variables.filter( ( { kind, required } ) => required && BOUND.includes( kind ) );
	const named = isNamed( edit.form );
	if ( ! rows.length ) {
		return null;
	}
	return (
		<Group edit={ edit } place="parameter_format" title={ __( 'Variables', 'nxt-cloud-chat' ) } help={ __( 'WhatsApp’s reviewers see the example. When a message is sent, the value comes from where you say here.', 'nxt-cloud-chat' ) }>
			<Control
				type="select"
				label={ __( 'How variables are written', 'nxt-cloud-chat' ) }
				value={ named ? 'NAMED' : 'POSITIONAL' }
				options={ [
					{ value: 'POSITIONAL', label: __( 'Numbered: {{1}}, {{2}}', 'nxt-cloud-chat' ) },
					{ value: 'NAMED', label: __( 'Named: {{first_name}}', 'nxt-cloud-chat' ) },
				] }
				onChange={ ( format ) => edit.change( ( form ) => setFormat( form, format as 'NAMED' | 'POSITIONAL' ) ) }
			/>
			<div className="nxtchat-editor__variables">
				{ rows.map( ( variable, index ) => (
					// Not by its key: a variable that gets another name is the same row, and keeps the cursor.
					<Row key={ index } edit={ edit } variable={ variable } sources={ sources } isFirst={ rows.find( ( { place } ) => place === variable.place ) === variable } />
				) ) }
			</div>
		</Group>
	);
}

function Row( { edit, variable, sources, isFirst }: { edit: Edit; variable: TemplateVariable; sources: Source[]; isFirst: boolean } ) {
	const text = textOf( variable );
	const { key } = variable;
	const binding: Binding | undefined = edit.form.bindings[ key ];
	const bind = ( change: Partial< Binding > ) =>
		edit.change( ( form ): Form => {
			const next = { source: '', ...form.bindings[ key ], ...change };
			const { [ key ]: old, ...others } = form.bindings;
			return { ...form, bindings: old === undefined && next.source === '' ? others : next.source === '' ? others : { ...others, [ key ]: next } };
		} );
	// What is wrong with the examples of a text stands at the first that is empty, or at the first.
	const example = text ? variable.place.replace( /\.text$/, '.example' ) : '';
	const wrong = example && ( variable.example.trim() === '' || isFirst ) ? mistake( edit, example ) : undefined;
	const isTold = wrong && ( variable.example.trim() === '' || ! /empty|no examples/.test( wrong ) );
	return (
		<div className="nxtchat-editor__item" role="group" aria-label={ labelOf( variable ) } data-place={ example || undefined }>
			<div className="nxtchat-editor__itemhead">
				<strong>{ labelOf( variable ) }</strong>
			</div>
			<div className="nxtchat-editor__row">
				{ text && isNamed( edit.form ) && <Name key={ variable.name } edit={ edit } name={ variable.name } text={ text } /> }
				{ text && (
					<Control label={ __( 'Example', 'nxt-cloud-chat' ) } value={ variable.example } error={ isTold ? wrong : undefined } isRequired onChange={ ( value ) => edit.change( ( form ) => setExample( form, text.list, text.type, variable.name, value ) ) } />
				) }
				<Control
					type="select"
					label={ __( 'Comes from', 'nxt-cloud-chat' ) }
					value={ binding?.source ?? '' }
					options={ [
						{ value: '', label: __( 'Given when it is sent', 'nxt-cloud-chat' ) },
						...sources.map( ( { source, label, group } ) => ( { value: source, label: source === 'text' ? label : `${ group }: ${ label }` } ) ),
						...( binding && sources.length && ! sources.some( ( { source } ) => source === binding.source ) ? [ { value: binding.source, label: binding.source } ] : [] ),
					] }
					onChange={ ( source ) => bind( { source } ) }
				/>
				{ binding?.source === 'text' ? (
					<Control label={ __( 'Text', 'nxt-cloud-chat' ) } value={ binding.value ?? '' } onChange={ ( value ) => bind( { value } ) } />
				) : (
					binding && <Control label={ __( 'If that is empty', 'nxt-cloud-chat' ) } value={ binding.fallback ?? '' } onChange={ ( fallback ) => bind( { fallback } ) } />
				) }
			</div>
		</div>
	);
}

/** A variable's name, which takes effect when the field is left. */
function Name( { edit, name, text }: { edit: Edit; name: string; text: NonNullable< ReturnType< typeof textOf > > } ) {
	const [ typed, setTyped ] = useState( name );
	const take = () => {
		const next = toName( typed ).replace( /^_+|_+$/g, '' );
		setTyped( next || name );
		if ( next && next !== name ) {
			edit.change( ( form ) => rename( form, text.list, text.type, new Map( [ [ name, next ] ] ) ) );
		}
	};
	return (
		<div onBlur={ take }>
			<Control label={ <Fragment>{ __( 'Name', 'nxt-cloud-chat' ) }</Fragment> } value={ typed } onChange={ setTyped } />
		</div>
	);
}
