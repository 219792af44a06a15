/** A button that opens a short list of actions. Arrow keys walk, Escape closes, focus returns. */
import { createElement, useEffect, useId, useRef, useState } from '@wordpress/element';
import type { KeyboardEvent } from 'react';

import { Icon, type IconName } from './icons';

export interface MenuItem {
	label: string;
	/** What it does, or where it leads. */
	onClick?: () => void;
	href?: string;
	/** Of a link: offer to save the file under this name. */
	download?: string;
	isDestructive?: boolean;
}

export function Menu( { label, icon = 'more', items }: { label: string; icon?: IconName; items: MenuItem[] } ) {
	const [ isOpen, setOpen ] = useState( false );
	const box = useRef< HTMLDivElement >( null );
	const button = useRef< HTMLButtonElement >( null );
	const id = useId();

	const entries = () => [ ...( box.current?.querySelectorAll< HTMLElement >( '[role="menuitem"]' ) ?? [] ) ];
	useEffect( () => {
		if ( ! isOpen ) {
			return;
		}
		entries()[ 0 ]?.focus();
		const outside = ( event: PointerEvent ) => {
			if ( ! box.current?.contains( event.target as Node ) ) {
				setOpen( false );
			}
		};
		document.addEventListener( 'pointerdown', outside );
		return () => document.removeEventListener( 'pointerdown', outside );
	}, [ isOpen ] );

	const close = () => {
		setOpen( false );
		button.current?.focus();
	};
	const onKeyDown = ( event: KeyboardEvent ) => {
		if ( ! isOpen ) {
			return;
		}
		const all = entries();
		const at = all.indexOf( document.activeElement as HTMLElement );
		const to = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: all.length - 1 }[ event.key ];
		if ( to !== undefined ) {
			event.preventDefault();
			all[ ( to + all.length ) % all.length ]?.focus();
		} else if ( event.key === 'Escape' ) {
			event.preventDefault();
			event.stopPropagation();
			close();
		} else if ( event.key === 'Tab' ) {
			setOpen( false );
		}
	};
	return (
		<div ref={ box } className="nxtchat-menu" onKeyDown={ onKeyDown }>
			<button
				ref={ button }
				type="button"
				className="button"
				aria-haspopup="menu"
				aria-expanded={ isOpen }
				aria-controls={ isOpen ? id : undefined }
				onClick={ () => setOpen( ! isOpen ) }
			>
				<Icon name={ icon } size={ 18 } />
				{ label }
			</button>
			{ isOpen && (
				<div id={ id } role="menu" aria-label={ label } className="nxtchat-menu__list">
					{ items.map( ( item ) =>
						item.href ? (
							<a key={ item.label } role="menuitem" tabIndex={ -1 } href={ item.href } download={ item.download } onClick={ () => setOpen( false ) }>
								{ item.label }
							</a>
						) : (
							<button
								key={ item.label }
								type="button"
								role="menuitem"
								tabIndex={ -1 }
								className={ item.isDestructive ? 'is-destructive' : undefined }
								onClick={ () => {
									close();
									item.onClick?.();
								} }
							>
								{ item.label }
							</button>
						)
					) }
				</div>
			) }
		</div>
	);
}
