/** How far it is: one bar in parts, said in words to who does not see it. */
import { createElement } from '@wordpress/element';
import { sprintf, __ } from '@wordpress/i18n';

import { part } from './draft';
import type { Counts } from './types';
import { percent } from './words';

const PARTS = [ 'read', 'delivered', 'sent', 'unknown', 'failed', 'skipped' ] as const;

export function Bar( { counts, total }: { counts: Counts; total: number } ) {
	const all = Math.max( total, counts.all, 1 );
	const done = part( counts, total );
	return (
		<div className="nxtchat-bar" role="progressbar" aria-valuemin={ 0 } aria-valuemax={ 100 } aria-valuenow={ Math.floor( done * 100 ) } aria-label={ /* translators: %s: a percentage */ sprintf( __( '%s done', 'nxt-cloud-chat' ), percent( done ) ) }>
			{ PARTS.map( ( name ) => counts[ name ] > 0 && <span key={ name } className={ `is-${ name }` } style={ { width: `${ ( 100 * counts[ name ] ) / all }%` } } /> ) }
		</div>
	);
}
