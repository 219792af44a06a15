/** The ticks: how far a message of ours got. */
import { createElement } from '@wordpress/element';

import { State } from '../core/enums';
import { Icon, type IconName } from '../core/icons';
import { stateLabel } from './words';

const icons: Record< State, IconName > = {
	[ State.RECEIVED ]: 'in',
	[ State.QUEUED ]: 'clock',
	[ State.SENDING ]: 'clock',
	[ State.UNKNOWN ]: 'question',
	[ State.SENT ]: 'check',
	[ State.DELIVERED ]: 'checks',
	[ State.FAILED ]: 'alert',
	[ State.READ ]: 'checks',
	[ State.PLAYED ]: 'checks',
};

export const Ticks = ( { state }: { state: State } ) => (
	<span
		className={ `nxtchat-ticks is-state-${ state }` }
		data-state={ state }
		title={ stateLabel( state ) }
	>
		<Icon name={ icons[ state ] ?? 'question' } size={ 16 } />
		<span className="screen-reader-text">{ stateLabel( state ) }</span>
	</span>
);
