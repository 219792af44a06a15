import { createElement } from '@wordpress/element';

export const Starters = () => <div />;
