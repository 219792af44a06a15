/** The emoji picker: one button, a panel that arrow keys walk through, Escape closes. */
import { createElement, useEffect, useMemo, useRef, useState } from '@wordpress/element';
import { __ } from '@wordpress/i18n';
import type { KeyboardEvent } from 'react';

import { Icon } from '../core/icons';
import { emojiGroups } from './emoji-list';

export function EmojiPicker( { onPick }: { onPick: ( emoji: string ) => void } ) {
	const [ isOpen, setOpen ] = useState( false );
	const root = useRef< HTMLDivElement >( null );
	const toggle = useRef< HTMLButtonElement >( null );

	useEffect( () => {
		if ( ! isOpen ) {
			return;
		}
		root.current?.querySelector< HTMLButtonElement >( '[role=gridcell]' )?.focus();
		const onOutside = ( event: Event ) => {
			if ( ! root.current?.contains( event.target as Node ) ) {
				setOpen( false );
			}
		};
		document.addEventListener( 'pointerdown', onOutside );
		return () => document.removeEventListener( 'pointerdown', onOutside );
	}, [ isOpen ] );

	const close = () => {
		setOpen( false );
		toggle.current?.focus();
	};
	return (
		<div className="nxtchat-emoji" ref={ root }>
			<button
				ref={ toggle }
				type="button"
				className="nxtchat-iconbutton"
				aria-label={ __( 'Insert emoji', 'nxt-cloud-chat' ) }
				aria-expanded={ isOpen }
				onClick={ () => setOpen( ! isOpen ) }
			>
				<Icon name="smile" size={ 22 } />
			</button>
			{ isOpen && (
				<Panel
					onPick={ ( emoji ) => {
						setOpen( false );
						onPick( emoji );
					} }
					onClose={ close }
				/>
			) }
		</div>
	);
}

/** How many fit in a row; conversation.css draws the same number. */
const COLUMNS = 8;

function Panel( { onPick, onClose }: { onPick: ( emoji: string ) => void; onClose: () => void } ) {
	const groups = useMemo( emojiGroups, [] );
	const panel = useRef< HTMLDivElement >( null );
	const [ active, setActive ] = useState( 0 );

	const onKeyDown = ( event: KeyboardEvent ) => {
		if ( event.key === 'Escape' ) {
			event.stopPropagation();
			onClose();
			return;
		}
		const isRtl = document.documentElement.dir === 'rtl';
		const step = {
			ArrowRight: isRtl ? -1 : 1,
			ArrowLeft: isRtl ? 1 : -1,
			ArrowDown: COLUMNS,
			ArrowUp: -COLUMNS,
		}[ event.key ];
		if ( step ) {
			event.preventDefault();
			const cells = panel.current?.querySelectorAll< HTMLButtonElement >( '[role=gridcell]' ) ?? [];
			const to = Math.min( cells.length - 1, Math.max( 0, active + step ) );
			setActive( to );
			cells[ to ]?.focus();
		}
	};

	let index = 0;
	return (
		<div
			ref={ panel }
			className="nxtchat-emoji__panel"
			role="grid"
			tabIndex={ -1 }
			aria-label={ __( 'Emoji', 'nxt-cloud-chat' ) }
			onKeyDown={ onKeyDown }
		>
			{ groups.map( ( group ) => (
				<div key={ group.name } role="rowgroup" aria-label={ group.name }>
					<div className="nxtchat-emoji__name" aria-hidden="true">
						{ group.name }
					</div>
					<div className="nxtchat-emoji__row" role="row">
						{ group.emoji.map( ( emoji ) => {
							const at = index++;
							return (
								<button
									key={ emoji }
									type="button"
									role="gridcell"
									tabIndex={ at === active ? 0 : -1 }
									onFocus={ () => setActive( at ) }
									onClick={ () => onPick( emoji ) }
								>
									{ emoji }
								</button>
							);
						} ) }
					</div>
				</div>
			) ) }
		</div>
	);
}
