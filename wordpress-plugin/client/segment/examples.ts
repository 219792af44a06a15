/** Ready-made segments to begin with. Those whose fields the site does not have are left out. */
import { __ } from '@wordpress/i18n';

import type { SchemaField } from './api';
import type { Leaf, Tree } from './tree';

export interface Example {
	key: string;
	name: string;
	description: string;
	conditions: Tree;
}

const all = ( ...conditions: Leaf[] ): Tree => ( { match: 'all', conditions } );

/** @param country Of the site, for "customers of a country". */
export function examples( fields: SchemaField[], country: string ): Example[] {
	const list: Example[] = [
		{
			key: 'active',
			name: __( 'Active subscribers', 'nxt-cloud-chat' ),
			description: __( 'Wrote to you in the last 30 days and agreed to marketing.', 'nxt-cloud-chat' ),
			conditions: all(
				{ field: 'last_in', operator: 'within_days', value: 30 },
				{ field: 'consent.marketing', operator: 'is', value: [ 'granted' ] }
			),
		},
		{
			key: 'silent',
			name: __( 'Never answered', 'nxt-cloud-chat' ),
			description: __( 'You wrote to them, they never wrote to you.', 'nxt-cloud-chat' ),
			conditions: all(
				{ field: 'last_in', operator: 'never' },
				{ field: 'message.out', operator: 'within_days', value: 365 }
			),
		},
		{
			key: 'country',
			name: __( 'Subscribers of one country', 'nxt-cloud-chat' ),
			description: __( 'Agreed to marketing and have a number of a country that you choose.', 'nxt-cloud-chat' ),
			conditions: all(
				{ field: 'country', operator: 'is', value: country ? [ country ] : [] },
				{ field: 'consent.marketing', operator: 'is', value: [ 'granted' ] }
			),
		},
	];
	const has = ( leaf: Leaf | Tree ): boolean =>
		'field' in leaf &&
		fields.some( ( { field, operators } ) => field === leaf.field && operators.some( ( { operator } ) => operator === leaf.operator ) );
	return list.filter( ( { conditions } ) => conditions.conditions.every( has ) );
}
