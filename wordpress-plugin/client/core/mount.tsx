/** Puts a screen on its page. */
import domReady from '@wordpress/dom-ready';
import { createElement, createRoot } from '@wordpress/element';
import type { ComponentType } from 'react';

import './core.css';

export function mount( id: string, Screen: ComponentType ): void {
	domReady( () => {
		const element = document.getElementById( id );
		if ( element ) {
			createRoot( element ).render( <Screen /> );
		}
	} );
}
