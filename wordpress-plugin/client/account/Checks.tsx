/** The rows of "Test connection". */
import { createElement } from '@wordpress/element';
import { __ } from '@wordpress/i18n';
import type { ReactNode } from 'react';

import { Icon, type IconName } from '../core/icons';
import type { Check } from '../core/types';

const icons: Record< Check[ 'status' ], IconName > = { ok: 'check', warn: 'alert', fail: 'cross' };

function statusLabel( status: Check[ 'status' ] ): string {
	switch ( status ) {
		case 'ok':
			return __( 'Good:', 'nxt-cloud-chat' );
		case 'warn':
			return __( 'Look at this:', 'nxt-cloud-chat' );
		case 'fail':
			return __( 'Does not work:', 'nxt-cloud-chat' );
	}
}

/** @param action What stands below a check that is not good, to repair it at once. */
export const Checks = ( { checks, action }: { checks: Check[]; action?: ( check: Check ) => ReactNode } ) => (
	<ul className="nxtchat-checks">
		{ checks.map( ( row ) => {
			const { check, status, label, detail, remedy } = row;
			return (
				<li key={ check } className={ `is-${ status }` } data-check={ check } data-status={ status }>
					<span className="nxtchat-checks__icon">
						<Icon name={ icons[ status ] ?? 'question' } size={ 16 } />
					</span>
					<div>
						<span className="screen-reader-text">{ statusLabel( status ) } </span>
						<strong>{ label }</strong> { detail && <span className="nxtchat-checks__detail">{ detail }</span> }
						{ remedy && status !== 'ok' && <p>{ remedy }</p> }
						{ status !== 'ok' && action?.( row ) }
					</div>
				</li>
			);
		} ) }
	</ul>
);
