/** Conditions as rows: a field, how it compares, with what. Blocks of rows may stand inside. */
import { createElement, Fragment, useId } from '@wordpress/element';
import { __, sprintf } from '@wordpress/i18n';

import type { Problem } from '../core/error';
import { Icon } from '../core/icons';
import type { SchemaField } from './api';
import {
	add,
	change,
	countLeaves,
	emptyLeaf,
	emptyTree,
	isTree,
	MAX_DEPTH,
	MAX_LEAVES,
	rowOf,
	withField,
	withOperator,
	type DraftLeaf,
	type DraftTree,
	type Path,
} from './tree';
import { ValueInput } from './ValueInput';

interface Props {
	root: DraftTree;
	fields: SchemaField[];
	problems: Problem[];
	onChange: ( root: DraftTree ) => void;
}

export const Conditions = ( props: Props ) => <Level { ...props } tree={ props.root } path={ [] } />;

function Level( { root, fields, problems, onChange, tree, path }: Props & { tree: DraftTree; path: Path } ) {
	const id = useId();
	const isFull = countLeaves( root ) >= MAX_LEAVES;
	const depth = path.length + 1;
	const own = problems.filter( ( problem ) => rowOf( problem.path ) === path.join( '.' ) );
	return (
		<fieldset className={ `nxtchat-rules${ depth > 1 ? ' is-inner' : '' }` }>
			<legend className="screen-reader-text">{ depth > 1 ? __( 'Block of conditions', 'nxt-cloud-chat' ) : __( 'Conditions', 'nxt-cloud-chat' ) }</legend>
			<div className="nxtchat-rules__match">
				<label htmlFor={ id }>{ __( 'People who match', 'nxt-cloud-chat' ) }</label>
				<select
					id={ id }
					value={ tree.match }
					onChange={ ( event ) => onChange( change( root, path, ( node ) => ( { ...( node as DraftTree ), match: event.target.value as 'all' | 'any' } ) ) ) }
				>
					<option value="all">{ __( 'all of these', 'nxt-cloud-chat' ) }</option>
					<option value="any">{ __( 'any of these', 'nxt-cloud-chat' ) }</option>
				</select>
				{ depth > 1 && (
					<button type="button" className="button-link nxtchat-rules__removegroup" onClick={ () => onChange( change( root, path, () => null ) ) }>
						{ __( 'Remove this block', 'nxt-cloud-chat' ) }
					</button>
				) }
			</div>
			{ path.length > 0 && own.map( ( problem, index ) => <RowProblem key={ index } problem={ problem } /> ) }
			<ul className="nxtchat-rules__list">
				{ tree.conditions.map( ( node, index ) => {
					const at = [ ...path, index ];
					return (
						<li key={ node.key }>
							{ isTree( node ) ? (
								<Level root={ root } fields={ fields } problems={ problems } onChange={ onChange } tree={ node } path={ at } />
							) : (
								<Row
									leaf={ node }
									number={ index + 1 }
									fields={ fields }
									problems={ problems.filter( ( problem ) => rowOf( problem.path ) === at.join( '.' ) ) }
									onChange={ ( leaf ) => onChange( change( root, at, () => leaf ) ) }
									{ ...( countLeaves( root ) > 1 ? { onRemove: () => onChange( change( root, at, () => null ) ) } : {} ) }
								/>
							) }
						</li>
					);
				} ) }
			</ul>
			<div className="nxtchat-rules__add">
				<button type="button" className="button" disabled={ isFull } onClick={ () => onChange( add( root, path, emptyLeaf() ) ) }>
					{ __( 'Add a condition', 'nxt-cloud-chat' ) }
				</button>
				{ depth < MAX_DEPTH && (
					<button
						type="button"
						className="button"
						disabled={ isFull }
						onClick={ () => onChange( add( root, path, emptyTree( tree.match === 'all' ? 'any' : 'all' ) ) ) }
					>
						{ __( 'Add a block', 'nxt-cloud-chat' ) }
					</button>
				) }
				{ isFull && depth === 1 && (
					<span className="description">
						{ /* translators: %d: a number */ sprintf( __( '%d conditions are the most.', 'nxt-cloud-chat' ), MAX_LEAVES ) }
					</span>
				) }
			</div>
		</fieldset>
	);
}

interface RowProps {
	leaf: DraftLeaf;
	/** In its group, from 1. */
	number: number;
	fields: SchemaField[];
	problems: Problem[];
	onChange: ( leaf: DraftLeaf ) => void;
	onRemove?: () => void;
}

function Row( { leaf, number, fields, problems, onChange, onRemove }: RowProps ) {
	const id = useId();
	const field = fields.find( ( one ) => one.field === leaf.field );
	const operator = field?.operators.find( ( one ) => one.operator === leaf.operator );
	const headings = [ ...new Set( fields.map( ( one ) => one.group ) ) ];
	/* translators: %d: number of a condition in a list */
	const name = sprintf( __( 'Condition %d', 'nxt-cloud-chat' ), number );
	const isInvalid = problems.length > 0;
	const describedBy = isInvalid ? `${ id }-problem` : undefined;
	return (
		<Fragment>
			<div className={ `nxtchat-rule${ isInvalid ? ' has-error' : '' }` } role="group" aria-label={ name }>
				<select
					className="nxtchat-rule__field"
					aria-label={ `${ name }: ${ __( 'field', 'nxt-cloud-chat' ) }` }
					aria-invalid={ isInvalid || undefined }
					aria-describedby={ describedBy }
					value={ leaf.field }
					onChange={ ( event ) => onChange( withField( leaf, fields.find( ( one ) => one.field === event.target.value ) ) ) }
				>
					<option value="">{ __( 'Choose what to compare…', 'nxt-cloud-chat' ) }</option>
					{ leaf.field && ! field && (
						<option value={ leaf.field }>
							{ /* translators: %s: name of a field */ sprintf( __( '%s (no longer there)', 'nxt-cloud-chat' ), leaf.field ) }
						</option>
					) }
					{ headings.map( ( heading ) => (
						<optgroup key={ heading } label={ heading }>
							{ fields
								.filter( ( one ) => one.group === heading )
								.map( ( one ) => (
									<option key={ one.field } value={ one.field }>
										{ one.label }
									</option>
								) ) }
						</optgroup>
					) ) }
				</select>
				{ field && (
					<select
						className="nxtchat-rule__operator"
						aria-label={ `${ name }: ${ __( 'comparison', 'nxt-cloud-chat' ) }` }
						value={ leaf.operator }
						onChange={ ( event ) => onChange( withOperator( leaf, field, event.target.value ) ) }
					>
						{ ! operator && <option value={ leaf.operator }>{ leaf.operator }</option> }
						{ field.operators.map( ( one ) => (
							<option key={ one.operator } value={ one.operator }>
								{ one.label }
							</option>
						) ) }
					</select>
				) }
				{ field && operator && (
					<div className="nxtchat-rule__value">
						<ValueInput
							id={ `${ id }-value` }
							label={ `${ name }: ${ field.label }` }
							input={ operator.input }
							field={ field }
							value={ leaf.value }
							isInvalid={ isInvalid }
							describedBy={ describedBy }
							onChange={ ( value ) => onChange( { ...leaf, value } ) }
						/>
					</div>
				) }
				{ onRemove && (
					<button
						type="button"
						className="nxtchat-iconbutton"
						onClick={ onRemove }
						/* translators: %s: "Condition 2" */
						aria-label={ sprintf( __( 'Remove: %s', 'nxt-cloud-chat' ), name ) }
					>
						<Icon name="cross" />
					</button>
				) }
			</div>
			{ isInvalid && (
				<div id={ `${ id }-problem` }>
					{ problems.map( ( problem, index ) => (
						<RowProblem key={ index } problem={ problem } />
					) ) }
				</div>
			) }
		</Fragment>
	);
}

const RowProblem = ( { problem }: { problem: Problem } ) => (
	<p className="nxtchat-field__error">
		{ problem.message } { problem.remedy }
	</p>
);
