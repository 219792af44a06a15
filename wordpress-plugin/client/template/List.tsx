import { createElement } from '@wordpress/element';

export const List = ( _: { query: Record< string, string > } ) => <div />;
