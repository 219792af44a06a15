/** The Contacts screen: its tabs, and what is in them. */
import { createElement, Fragment, useEffect, useRef } from '@wordpress/element';
import { __ } from '@wordpress/i18n';
import type { ComponentType } from 'react';

import { boot } from '../core/boot';
import { ConsentTab } from '../consent';
import { FieldTab } from '../group/FieldTab';
import { GroupTab } from '../group/GroupTab';
import { ImportTab } from '../import';
import { SegmentTab } from '../segment';
import { ContactList } from './ContactList';
import { ContactPage } from './ContactPage';
import { href, useRoute, type Route, type Tab } from './router';
import '../core/list.css';
import './contact.css';

const tabs: Record< Tab, { label: string; View: ComponentType< { route: Route } >; isShown: boolean } > = {
	contacts: { label: __( 'All contacts', 'nxt-cloud-chat' ), View: ContactList, isShown: true },
	groups: { label: __( 'Groups', 'nxt-cloud-chat' ), View: GroupTab, isShown: true },
	segments: { label: __( 'Segments', 'nxt-cloud-chat' ), View: SegmentTab, isShown: true },
	fields: { label: __( 'Custom fields', 'nxt-cloud-chat' ), View: FieldTab, isShown: true },
	import: { label: __( 'Import', 'nxt-cloud-chat' ), View: ImportTab, isShown: boot.caps.contacts },
	consent: { label: __( 'Consent', 'nxt-cloud-chat' ), View: ConsentTab, isShown: boot.caps.manage || boot.caps.contacts },
};

export function ContactScreen() {
	const route = useRoute();
	const { View } = tabs[ route.tab ];
	const isPerson = route.tab === 'contacts' && route.id !== null;
	const view = useRef< HTMLDivElement >( null );
	const place = `${ route.tab }/${ route.id ?? '' }`;
	const shown = useRef( place );

	// Screen options are the list's.
	useEffect( () => {
		document.getElementById( 'screen-options-link-wrap' )?.toggleAttribute( 'hidden', route.tab !== 'contacts' || isPerson );
	}, [ route.tab, isPerson ] );

	// Another place: begin at its top, as with a page of its own.
	useEffect( () => {
		if ( shown.current !== place ) {
			shown.current = place;
			window.scrollTo( 0, 0 );
			view.current?.focus( { preventScroll: true } );
		}
	}, [ place ] );

	return (
		<div className="nxtchat-screen nxtchat-listscreen nxtchat-contacts">
			<h1 className="wp-heading-inline">{ __( 'Contacts', 'nxt-cloud-chat' ) }</h1>
			{ boot.caps.contacts && (
				<Fragment>
					<a className="page-title-action" href={ href( 'contacts', null, { ...( route.tab === 'contacts' && ! isPerson ? route.query : {} ), add: 1 } ) }>
						{ __( 'Add contact', 'nxt-cloud-chat' ) }
					</a>
				</Fragment>
			) }
			<nav className="nav-tab-wrapper" aria-label={ __( 'Contacts', 'nxt-cloud-chat' ) }>
				{ Object.entries( tabs )
					.filter( ( [ , { isShown } ] ) => isShown )
					.map( ( [ tab, { label } ] ) => (
						<a
							key={ tab }
							href={ href( tab as Tab ) }
							className={ `nav-tab${ tab === route.tab ? ' nav-tab-active' : '' }` }
							aria-current={ tab === route.tab ? 'page' : undefined }
						>
							{ label }
						</a>
					) ) }
			</nav>
			<div ref={ view } tabIndex={ -1 } className="nxtchat-listscreen__view">
				{ isPerson ? <ContactPage key={ route.id } route={ route } /> : <View route={ route } /> }
			</div>
		</div>
	);
}
