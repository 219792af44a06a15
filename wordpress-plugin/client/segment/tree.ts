/** The conditions of a segment as the editor changes them: pure, on paths of indexes from the root. */
import type { Operator, SchemaField } from './api';

/** Limits of the server (Segment\Conditions). */
export const MAX_LEAVES = 50;
export const MAX_DEPTH = 3;

export type Value = string | number | string[] | [ number | string, number | string ] | null;

export interface Leaf {
	field: string;
	operator: string;
	value?: Value;
}

/** As stored and as the API takes it. */
export interface Tree {
	match: 'all' | 'any';
	conditions: ( Leaf | Tree )[];
}

/** In the editor each has a key of its own, so that a row keeps its focus when another goes. */
export interface DraftLeaf {
	key: number;
	field: string;
	operator: string;
	value: Value;
}

export interface DraftTree {
	key: number;
	match: 'all' | 'any';
	conditions: Draft[];
}

export type Draft = DraftLeaf | DraftTree;

/** Indexes from the root: [1, 0] is the first condition of the second group. */
export type Path = number[];

let lastKey = 0;
const newKey = (): number => ++lastKey;

export const isTree = ( node: Draft ): node is DraftTree => 'match' in node;

export const emptyLeaf = (): DraftLeaf => ( { key: newKey(), field: '', operator: '', value: null } );

export const emptyTree = ( match: 'all' | 'any' = 'all' ): DraftTree => ( { key: newKey(), match, conditions: [ emptyLeaf() ] } );

/** Reads what is stored. What is no condition becomes an empty row, never an error. */
export function toDraft( stored: unknown ): DraftTree {
	const node = ( typeof stored === 'object' && stored !== null ? stored : {} ) as Partial< Tree >;
	const list = Array.isArray( node.conditions ) ? node.conditions : [];
	return {
		key: newKey(),
		match: node.match === 'any' ? 'any' : 'all',
		conditions: list.map( ( one ) => {
			if ( typeof one === 'object' && one !== null && 'conditions' in one ) {
				return toDraft( one );
			}
			const leaf = one as Partial< Leaf > | null;
			return { key: newKey(), field: String( leaf?.field ?? '' ), operator: String( leaf?.operator ?? '' ), value: leaf?.value ?? null };
		} ),
	};
}

/** What the API takes. */
export function fromDraft( tree: DraftTree ): Tree {
	return {
		match: tree.match,
		conditions: tree.conditions.map( ( node ) =>
			isTree( node )
				? fromDraft( node )
				: { field: node.field, operator: node.operator, ...( node.value === null ? {} : { value: node.value } ) }
		),
	};
}

/** Changes the node at a path; null removes it, and with it a group that has become empty. */
export function change( tree: DraftTree, path: Path, to: ( node: Draft ) => Draft | null ): DraftTree {
	const [ index, ...rest ] = path;
	if ( index === undefined ) {
		return ( to( tree ) as DraftTree | null ) ?? emptyTree();
	}
	const conditions = tree.conditions.flatMap( ( node, i ) => {
		if ( i !== index ) {
			return [ node ];
		}
		if ( ! rest.length ) {
			return to( node ) ?? [];
		}
		if ( ! isTree( node ) ) {
			return [ node ];
		}
		const inner = change( node, rest, to );
		return inner.conditions.length ? [ inner ] : [];
	} );
	return { ...tree, conditions };
}

export const add = ( tree: DraftTree, path: Path, node: Draft ): DraftTree =>
	change( tree, path, ( at ) => ( isTree( at ) ? { ...at, conditions: [ ...at.conditions, node ] } : at ) );

export const countLeaves = ( tree: DraftTree ): number =>
	tree.conditions.reduce( ( sum, node ) => sum + ( isTree( node ) ? countLeaves( node ) : 1 ), 0 );

/** Operator and value of a row after its field changed: kept as far as they fit. */
export function withField( leaf: DraftLeaf, field: SchemaField | undefined ): DraftLeaf {
	const operator = field?.operators.find( ( one ) => one.operator === leaf.operator ) ?? field?.operators[ 0 ];
	return { ...leaf, field: field?.field ?? '', operator: operator?.operator ?? '', value: emptyValue( operator, field ) };
}

/** The value a row has before a person gave one. */
export function emptyValue( operator: Operator | undefined, field?: SchemaField ): Value {
	switch ( operator?.input ) {
		case 'choices':
			return [];
		case 'range':
			return [ '', '' ];
		case 'days':
			return 30;
		case 'choice':
			return String( field?.choices?.[ 0 ]?.value ?? 'yes' );
		case 'text':
		case 'number':
		case 'date':
			return '';
		default:
			return null;
	}
}

/** After another operator: the value stays when it is made with the same control. */
export function withOperator( leaf: DraftLeaf, field: SchemaField, to: string ): DraftLeaf {
	const before = field.operators.find( ( one ) => one.operator === leaf.operator );
	const after = field.operators.find( ( one ) => one.operator === to );
	return { ...leaf, operator: to, value: before?.input === after?.input ? leaf.value : emptyValue( after, field ) };
}

const isFilled = ( value: unknown ): boolean => value !== '' && value !== null && value !== undefined && ! Number.isNaN( value );

export function isLeafComplete( leaf: DraftLeaf, fields: SchemaField[] ): boolean {
	const operator = fields.find( ( { field } ) => field === leaf.field )?.operators.find( ( one ) => one.operator === leaf.operator );
	if ( ! operator ) {
		// A field that is gone: the server says so at this row.
		return leaf.field !== '' && leaf.operator !== '';
	}
	switch ( operator.input ) {
		case 'none':
			return true;
		case 'choices':
			return Array.isArray( leaf.value ) && leaf.value.length > 0;
		case 'range':
			return Array.isArray( leaf.value ) && leaf.value.length === 2 && leaf.value.every( isFilled );
		default:
			return isFilled( leaf.value );
	}
}

export const isComplete = ( tree: DraftTree, fields: SchemaField[] ): boolean =>
	tree.conditions.length > 0 &&
	tree.conditions.every( ( node ) => ( isTree( node ) ? isComplete( node, fields ) : isLeafComplete( node, fields ) ) );

/** The row that a problem's path means: "conditions.1.conditions.0.value" and "/conditions/1/conditions/0" are "1.0". */
export const rowOf = ( path: string ): string =>
	[ ...path.matchAll( /conditions[^\w]+(\d+)/g ) ].map( ( [ , index ] ) => index ).join( '.' );
