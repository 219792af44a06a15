/** The Login screen: the big switch, and below it the tabs. */
import { createElement, Fragment, useEffect, useRef } from '@wordpress/element';
import { __ } from '@wordpress/i18n';
import type { ComponentType } from 'react';

import { follow } from '../core/follow';
import { useStore } from '../core/store';
import { LoadError, Skeleton } from '../core/ui';
import { FormTab } from './FormTab';
import { MigrationTab } from './MigrationTab';
import { NumbersTab } from './NumbersTab';
import { Overview } from './Overview';
import { SaveBar } from './SaveBar';
import { SecurityTab } from './SecurityTab';
import { load, loadReport, login, refresh } from './session';
import { href, type Tab } from './settings';
import { useRoute } from './router';
import { Switch } from './Switch';
import '../core/form.css';
import '../core/list.css';
import './login.css';

const tabs: Record< Tab, { label: string; View: ComponentType } > = {
	overview: { label: __( 'Overview', 'nxt-cloud-chat' ), View: Overview },
	form: { label: __( 'Form and places', 'nxt-cloud-chat' ), View: FormTab },
	security: { label: __( 'Security', 'nxt-cloud-chat' ), View: SecurityTab },
	numbers: { label: __( 'Users’ numbers', 'nxt-cloud-chat' ), View: NumbersTab },
	migration: { label: __( 'Moving over', 'nxt-cloud-chat' ), View: MigrationTab },
};

export function LoginScreen() {
	const tab = useRoute();
	const isLoaded = useStore( login, ( state ) => state.data !== null );
	const error = useStore( login, ( state ) => state.error );
	const view = useRef< HTMLDivElement >( null );
	const shown = useRef( tab );
	const { View } = tabs[ tab ];

	useEffect( () => {
		void load();
		void loadReport();
	}, [] );
	useEffect( () => follow( refresh ), [] );
	useEffect( () => {
		if ( shown.current !== tab ) {
			shown.current = tab;
			view.current?.focus( { preventScroll: true } );
		}
	}, [ tab ] );

	return (
		<div className="nxtchat-screen nxtchat-listscreen nxtchat-loginscreen">
			<h1 className="wp-heading-inline">{ __( 'Login', 'nxt-cloud-chat' ) }</h1>
			<hr className="wp-header-end" />
			{ ! isLoaded &&
				( error ? <LoadError error={ error } onRetry={ () => void load() } /> : <Skeleton rows={ 5 } label={ __( 'Loading the settings of login', 'nxt-cloud-chat' ) } /> ) }
			{ isLoaded && (
				<Fragment>
					<Switch />
					<nav className="nav-tab-wrapper" aria-label={ __( 'Login', 'nxt-cloud-chat' ) }>
						{ Object.entries( tabs ).map( ( [ key, { label } ] ) => (
							<a key={ key } href={ href( key as Tab ) } className={ `nav-tab${ key === tab ? ' nav-tab-active' : '' }` } aria-current={ key === tab ? 'page' : undefined }>
								{ label }
							</a>
						) ) }
					</nav>
					<div ref={ view } tabIndex={ -1 } className="nxtchat-listscreen__view">
						<View />
					</div>
					<SaveBar />
				</Fragment>
			) }
		</div>
	);
}
