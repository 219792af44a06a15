/** The rows of "Test connection". */
import { createElement } from '@wordpress/element';
import { __ } from '@wordpress/i18n';

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

export const Checks = ( { checks }: { checks: Check[] } ) => (
	<ul className="nxtchat-checks">
		{ checks.map( ( { check, status, label, detail, remedy } ) => (
			<li key={ check } className={ `is-${ status }` } data-check={ check } data-status={ status }>
				<span className="nxtchat-checks__icon">
					<Icon name={ icons[ status ] ?? 'question' } size={ 16 } />
				</span>
				<div>
					<span className="screen-reader-text">{ statusLabel( status ) } </span>
					<strong>{ label }</strong> { detail && <span className="nxtchat-checks__detail">{ detail }</span> }
					{ remedy && status !== 'ok' && <p>{ remedy }</p> }
				</div>
			</li>
		) ) }
	</ul>
);
