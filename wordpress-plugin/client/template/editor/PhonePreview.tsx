/** How a template looks on the customer's phone. */
import { createElement } from '@wordpress/element';

import type { TemplateBody, Values } from '../types';

export const PhonePreview = ( { template }: { template: Pick< TemplateBody, 'components' > & Partial< TemplateBody >; values?: Values } ) => (
	<pre className="nxtchat-phone">{ template.components.map( ( { text } ) => ( typeof text === 'string' ? text : '' ) ).join( '\n' ) }</pre>
);
