/** The Templates screen: the list, one template, the ready-made ones, the editor. */
import { createElement, useEffect, useRef } from '@wordpress/element';
import { __ } from '@wordpress/i18n';

import { boot } from '../core/boot';
import { Icon } from '../core/icons';
import { Notice } from '../core/ui';
import { follow } from './actions';
import { Detail } from './Detail';
import { Editor } from './editor/Editor';
import { List } from './List';
import { to, useRoute, type Route } from './router';
import { Starters } from './Starters';
import '../core/form.css';
import '../core/list.css';
import './template.css';

export function TemplateScreen() {
	const route = useRoute();
	const view = useRef< HTMLDivElement >( null );
	const place = `${ route.place }/${ 'id' in route ? route.id : '' }`;
	const shown = useRef( place );
	useEffect( follow, [] );

	// Another place: begin at its top, as with a page of its own.
	useEffect( () => {
		if ( shown.current !== place ) {
			shown.current = place;
			window.scrollTo( 0, 0 );
			view.current?.focus( { preventScroll: true } );
		}
	}, [ place ] );

	return (
		<div className="nxtchat-screen nxtchat-listscreen nxtchat-templates">
			<h1 className="wp-heading-inline">{ __( 'Templates', 'nxt-cloud-chat' ) }</h1>
			{ boot.caps.manage && boot.accounts.length > 0 && route.place !== 'new' && route.place !== 'edit' && (
				<a className="page-title-action" href={ to.starters() }>
					{ __( 'Add template', 'nxt-cloud-chat' ) }
				</a>
			) }
			<hr className="wp-header-end" />
			<div ref={ view } tabIndex={ -1 } className="nxtchat-listscreen__view">
				{ route.place !== 'list' && (
					<p className="nxtchat-back">
						<a href={ to.list() }>
							<Icon name="back" size={ 18 } />
							{ __( 'All templates', 'nxt-cloud-chat' ) }
						</a>
					</p>
				) }
				<Place route={ route } />
			</div>
		</div>
	);
}

function Place( { route }: { route: Route } ) {
	switch ( route.place ) {
		case 'list':
			return <List query={ route.query } />;
		case 'template':
			return <Detail key={ route.id } id={ route.id } isSending={ route.send } />;
		case 'starters':
			return <Starters />;
	}
	if ( ! boot.caps.manage ) {
		return (
			<Notice kind="warning">
				<p>{ __( 'Writing templates needs the right to manage WhatsApp. Ask an administrator of this site.', 'nxt-cloud-chat' ) }</p>
			</Notice>
		);
	}
	return route.place === 'edit' ? (
		<Editor key={ route.id } id={ route.id } starter="" duplicateOf={ null } language="" />
	) : (
		<Editor key={ `${ route.starter }/${ route.from }/${ route.language }` } id={ null } starter={ route.starter } duplicateOf={ route.from } language={ route.language } />
	);
}
