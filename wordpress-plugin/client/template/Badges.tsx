/** Status and quality, told by words and shape, not by colour alone. */
import { createElement } from '@wordpress/element';
import { __, sprintf } from '@wordpress/i18n';

import { Icon, type IconName } from '../core/icons';
import type { Template } from './types';
import { qualityWord, statusLabel, statusWord, type Tone } from './words';

const icons: Record< Tone, IconName > = { ok: 'check', warn: 'clock', fail: 'alert', off: 'edit' };

export function StatusBadge( { template }: { template: Pick< Template, 'status' | 'gone' | 'paused_until_ms' > } ) {
	const { tone, help } = statusWord( template.gone ? 'GONE' : template.status );
	return (
		<span className={ `nxtchat-badge nxtchat-status is-${ tone }` } data-status={ template.gone ? 'GONE' : template.status } title={ help }>
			{ ( tone !== 'off' || template.status === 'DRAFT' ) && <Icon name={ icons[ tone ] } size={ 14 } /> }
			{ statusLabel( template ) }
		</span>
	);
}

/** Three bars, as many filled as the rating has. */
export function Quality( { quality }: { quality: string } ) {
	const { label, level, help } = qualityWord( quality );
	return (
		<span className={ `nxtchat-quality is-level-${ level }` } title={ help }>
			<svg viewBox="0 0 15 12" width="15" height="12" aria-hidden="true" focusable="false">
				{ [ 1, 2, 3 ].map( ( bar ) => (
					<rect key={ bar } x={ ( bar - 1 ) * 5 + 0.5 } y={ 12 - bar * 4 + 0.5 } width="3.5" height={ bar * 4 - 1 } rx="1" fill={ bar <= level ? 'currentColor' : 'none' } stroke="currentColor" />
				) ) }
			</svg>
			<span className="screen-reader-text">{ __( 'Quality:', 'nxt-cloud-chat' ) } </span>
			{ label }
		</span>
	);
}

/** There is more than WhatsApp has. */
export const UnsentChanges = () => <span className="nxtchat-unsent">{ __( 'changes not handed in', 'nxt-cloud-chat' ) }</span>;

/** Label for screen readers: what an action is about. */
export const about = ( action: string, name: string ): string =>
	/* translators: 1: an action, as in "Edit", 2: name of a template */
	sprintf( __( '%1$s: %2$s', 'nxt-cloud-chat' ), action, name );
