/** The state of an agreement as a coloured word. */
import { createElement } from '@wordpress/element';

import { Consent } from '../core/enums';
import { consentLabel, marketingLabel } from './words';

const kinds: Record< Consent, string > = { [ Consent.GRANTED ]: 'ok', [ Consent.REVOKED ]: 'fail', [ Consent.NONE ]: 'off' };

export const ConsentBadge = ( { state, isMarketing = false }: { state: Consent; isMarketing?: boolean } ) => (
	<span className={ `nxtchat-badge is-${ kinds[ state ] }` }>{ isMarketing ? marketingLabel( state ) : consentLabel( state ) }</span>
);
