/** Small parts that every screen uses. */
import { speak } from '@wordpress/a11y';
import { createElement, Fragment, useEffect, useId, useRef, useState } from '@wordpress/element';
import { __ } from '@wordpress/i18n';
import type { ReactNode } from 'react';

import type { ApiError } from './error';
import { Icon, type IconName } from './icons';
import { initials } from './text';

/** Meta's own pages, linked where money or data goes to Meta. */
export const META = {
	apps: 'https://developers.facebook.com/apps/',
	systemUsers: 'https://business.facebook.com/settings/system-users',
	pricing: 'https://developers.facebook.com/documentation/business-messaging/whatsapp/pricing',
	policy: 'https://business.whatsapp.com/policy',
	privacy: 'https://www.whatsapp.com/legal/business-data-processing-terms',
	start: 'https://developers.facebook.com/documentation/business-messaging/whatsapp/get-started',
} as const;

export const ExternalLink = ( { href, children }: { href: string; children?: ReactNode } ) => (
	<a href={ href } target="_blank" rel="noopener noreferrer" className="nxtchat-external">
		{ children }
		<Icon name="external" size={ 14 } />
		<span className="screen-reader-text">{ __( '(opens in a new tab)', 'nxt-cloud-chat' ) }</span>
	</a>
);

/** A failed load: what happened, what to do, and a way to try again. */
export const LoadError = ( { error, onRetry }: { error: ApiError; onRetry: () => void } ) => (
	<div className="nxtchat-empty" role="alert">
		<Icon name="alert" size={ 32 } />
		<p className="nxtchat-empty__title">{ error.message }</p>
		{ error.remedy && <p>{ error.remedy }</p> }
		<button type="button" className="button" onClick={ onRetry }>
			{ __( 'Try again', 'nxt-cloud-chat' ) }
		</button>
	</div>
);

export const Empty = ( {
	icon,
	title,
	children,
}: {
	icon: IconName;
	title: string;
	children?: ReactNode;
} ) => (
	<div className="nxtchat-empty">
		<Icon name={ icon } size={ 40 } />
		<p className="nxtchat-empty__title">{ title }</p>
		{ children }
	</div>
);

/** A person's first letters on a colour of their own. @param id Decides the colour. */
export function Avatar( { id, name, size = '' }: { id: number; name: string; size?: '' | 'small' | 'large' } ) {
	const letters = initials( name );
	return (
		<span className={ `nxtchat-avatar is-tint-${ id % 6 }${ size && ` is-${ size }` }` } aria-hidden="true">
			{ letters || <Icon name="contact" size={ size === 'large' ? 34 : 22 } /> }
		</span>
	);
}

/** Grey bars in place of rows that are on their way. */
export const Skeleton = ( { rows, label }: { rows: number; label: string } ) => (
	<div className="nxtchat-skeleton" role="status">
		<span className="screen-reader-text">{ label }</span>
		{ Array.from( { length: rows }, ( _, i ) => (
			<div key={ i } className="nxtchat-skeleton__row" />
		) ) }
	</div>
);

/** wp-admin's notice, inline (not moved to the top of the page by common.js). */
export const Notice = ( {
	kind,
	children,
	onDismiss,
}: {
	kind: 'error' | 'warning' | 'success' | 'info';
	children?: ReactNode;
	onDismiss?: () => void;
} ) => (
	<div
		className={ `notice inline notice-${ kind } nxtchat-notice${ onDismiss ? ' is-dismissible' : '' }` }
		role={ kind === 'error' ? 'alert' : 'status' }
	>
		{ children }
		{ onDismiss && (
			<button type="button" className="notice-dismiss" onClick={ onDismiss }>
				<span className="screen-reader-text">{ __( 'Dismiss this notice.', 'nxt-cloud-chat' ) }</span>
			</button>
		) }
	</div>
);

export const ErrorNotice = ( { error, onDismiss }: { error: ApiError; onDismiss?: () => void } ) => (
	<Notice kind="error" { ...( onDismiss ? { onDismiss } : {} ) }>
		<p>
			<strong>{ error.message }</strong> { error.remedy }
		</p>
	</Notice>
);

/** Copies a text. The button says when it did. */
export function CopyButton( { text, label }: { text: string; label: string } ) {
	const [ copied, setCopied ] = useState( false );
	useEffect( () => {
		const timer = copied ? setTimeout( () => setCopied( false ), 2_000 ) : undefined;
		return () => clearTimeout( timer );
	}, [ copied ] );

	const copy = async () => {
		await copyText( text );
		setCopied( true );
		speak( __( 'Copied.', 'nxt-cloud-chat' ) );
	};
	return (
		<button type="button" className="button nxtchat-copy" onClick={ copy } aria-label={ label }>
			<Icon name={ copied ? 'check' : 'copy' } size={ 16 } />
			<span>{ copied ? __( 'Copied', 'nxt-cloud-chat' ) : __( 'Copy', 'nxt-cloud-chat' ) }</span>
		</button>
	);
}

/** The clipboard API exists on https only; the old command works everywhere else. */
async function copyText( text: string ): Promise< void > {
	if ( navigator.clipboard ) {
		return navigator.clipboard.writeText( text );
	}
	const field = document.createElement( 'textarea' );
	field.value = text;
	field.style.position = 'fixed';
	field.style.opacity = '0';
	( document.querySelector( 'dialog[open]' ) ?? document.body ).append( field );
	field.select();
	document.execCommand( 'copy' );
	field.remove();
}

/** A modal window on the browser's own <dialog>: focus stays inside, Escape closes, focus returns. */
export function Dialog( {
	title,
	onClose,
	className = '',
	children,
}: {
	title: string;
	onClose: () => void;
	className?: string;
	children?: ReactNode;
} ) {
	const ref = useRef< HTMLDialogElement >( null );
	const titleId = useId();
	useEffect( () => {
		const dialog = ref.current;
		const opener = document.activeElement;
		dialog?.showModal();
		return () => {
			dialog?.close();
			if ( opener instanceof HTMLElement && opener.isConnected ) {
				opener.focus();
			}
		};
	}, [] );
	return (
		<dialog
			ref={ ref }
			className={ `nxtchat-dialog ${ className }` }
			aria-labelledby={ titleId }
			onCancel={ ( event ) => {
				event.preventDefault();
				onClose();
			} }
			onClick={ ( event ) => event.target === ref.current && onClose() }
		>
			<div className="nxtchat-dialog__inner">
				<div className="nxtchat-dialog__head">
					<h2 id={ titleId }>{ title }</h2>
					<button
						type="button"
						className="nxtchat-iconbutton"
						onClick={ onClose }
						aria-label={ __( 'Close', 'nxt-cloud-chat' ) }
					>
						<Icon name="cross" />
					</button>
				</div>
				<div className="nxtchat-dialog__body">{ children }</div>
			</div>
		</dialog>
	);
}

/** Two buttons under a question. */
export function Confirm( {
	title,
	action,
	dismiss = __( 'Cancel', 'nxt-cloud-chat' ),
	isBusy = false,
	onConfirm,
	onClose,
	children,
}: {
	title: string;
	action: string;
	/** The other button, where "Cancel" could be taken for the action. */
	dismiss?: string;
	isBusy?: boolean;
	onConfirm: () => void;
	onClose: () => void;
	children?: ReactNode;
} ) {
	return (
		<Dialog title={ title } onClose={ onClose } className="is-small">
			<Fragment>
				{ children }
				<div className="nxtchat-dialog__actions">
					<button type="button" className="button" onClick={ onClose }>
						{ dismiss }
					</button>
					<button
						type="button"
						className="button button-primary nxtchat-danger"
						disabled={ isBusy }
						onClick={ onConfirm }
					>
						{ action }
					</button>
				</div>
			</Fragment>
		</Dialog>
	);
}
