import { createElement } from '@wordpress/element';

export const Detail = ( _: { id: number } ) => <div />;
