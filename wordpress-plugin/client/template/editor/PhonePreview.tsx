/** How a template looks on the customer's phone, by the rules that the server sends it with. */
import { createElement, Fragment, useId, useState } from '@wordpress/element';
import { __, _n, sprintf } from '@wordpress/i18n';

import type { Rendered, RenderedButton, RenderedHeader } from '../../../../crates/wasm/core.mjs';
import { boot, serverNow } from '../../core/boot';
import { Icon } from '../../core/icons';
import { dateTime, timeOfDay } from '../../core/time';
import type { Problem, TemplateBody, Values } from '../types';
import { buttonGlyph, Glyph } from './Glyph';
import { usePreview } from './preview';
import './phone.css';

/** WhatsApp shows so many buttons; with more, two of them and a way to the rest. */
const BUTTONS_SHOWN = 3;

/** Files of this browser that stand for samples, by their handle. */
export type LocalFiles = Readonly< Record< string, { url: string; name: string } > >;

interface Props {
	template: Pick< TemplateBody, 'components' > & Partial< TemplateBody >;
	/** By key; without them the examples of the template stand for them. */
	values?: Values | null;
	problems?: Problem[];
	files?: LocalFiles;
	/** Who writes: the business's name. */
	sender?: string | undefined;
	/** What the phone shows, for screen readers: each on a page has its own. */
	title?: string;
}

export function PhonePreview( { template, values = null, problems = [], files = {}, sender, title }: Props ) {
	const rendered = usePreview( template, values )?.rendered ?? null;
	return <Phone rendered={ rendered } errors={ problems.filter( ( { severity } ) => severity === 'error' ).length } files={ files } sender={ sender } title={ title } />;
}

interface PhoneProps {
	rendered: Rendered | null;
	/** How many things WhatsApp would refuse. */
	errors?: number;
	files?: LocalFiles;
	sender?: string | undefined;
	title?: string | undefined;
}

export function Phone( { rendered, errors = 0, files = {}, sender, title }: PhoneProps ) {
	const id = useId();
	const name = sender || boot.accounts[ 0 ]?.name || boot.accounts[ 0 ]?.display_phone || __( 'Your business', 'nxt-cloud-chat' );
	return (
		<section className="nxtchat-phone" aria-labelledby={ id } aria-busy={ rendered === null }>
			<h3 id={ id } className="screen-reader-text">
				{ title ?? __( 'What the customer sees', 'nxt-cloud-chat' ) }
			</h3>
			<div className="nxtchat-phone__bar" aria-hidden="true">
				<span className="nxtchat-phone__face">
					<Icon name="contact" size={ 22 } />
				</span>
				<bdi>{ name }</bdi>
			</div>
			<div className="nxtchat-phone__chat">
				{ rendered && <Message rendered={ rendered } files={ files } /> }
			</div>
			{ rendered && (
				<Notes rendered={ rendered } errors={ errors } />
			) }
		</section>
	);
}

function Notes( { rendered, errors }: { rendered: Rendered; errors: number } ) {
	const notes = [
		rendered.preset && __( 'WhatsApp writes this text itself, in the language of the template. Here it is in English.', 'nxt-cloud-chat' ),
		rendered.unknown.length > 0 &&
			/* translators: %s: names of parts of a template */
			sprintf( __( 'Not drawn here, because it is new to this site: %s. It is sent as it is.', 'nxt-cloud-chat' ), rendered.unknown.join( ', ' ) ),
		errors > 0 &&
			/* translators: %d: a number */
			sprintf( _n( 'WhatsApp would not accept this yet: %d thing is to be mended.', 'WhatsApp would not accept this yet: %d things are to be mended.', errors, 'nxt-cloud-chat' ), errors ),
	].filter( Boolean );
	return notes.length ? (
		<div className="nxtchat-phone__notes">
			{ notes.map( ( note ) => (
				<p key={ String( note ) }>{ note }</p>
			) ) }
		</div>
	) : null;
}

function Message( { rendered, files }: { rendered: Rendered; files: LocalFiles } ) {
	const { header, body, footer, offer, buttons, cards } = rendered;
	return (
		<Fragment>
			<div className="nxtchat-phone__bubble">
				{ header && <Header header={ header } files={ files } /> }
				{ offer && <Offer offer={ offer } code={ buttons.find( ( { kind } ) => kind === 'copy_code' )?.code ?? '' } /> }
				{ body.text !== '' ? (
					<div className="nxtchat-phone__text" dir="auto" dangerouslySetInnerHTML={ { __html: body.html } } />
				) : (
					<p className="nxtchat-phone__empty">{ __( 'Your text appears here.', 'nxt-cloud-chat' ) }</p>
				) }
				{ footer && (
					<p className="nxtchat-phone__footer" dir="auto">
						{ footer }
					</p>
				) }
				<time className="nxtchat-phone__time">{ timeOfDay( serverNow() ) }</time>
				<Buttons buttons={ buttons } />
			</div>
			{ cards.length > 0 && (
				<ul className="nxtchat-phone__cards" tabIndex={ 0 } aria-label={ __( 'Cards, side by side', 'nxt-cloud-chat' ) }>
					{ cards.map( ( card, index ) => (
						<li key={ index } className="nxtchat-phone__bubble">
							{ card.header && <Header header={ card.header } files={ files } /> }
							{ card.body && <div className="nxtchat-phone__text" dir="auto" dangerouslySetInnerHTML={ { __html: card.body.html } } /> }
							<Buttons buttons={ card.buttons } />
						</li>
					) ) }
				</ul>
			) }
		</Fragment>
	);
}

const mediaWord = ( kind: string ): string => {
	switch ( kind ) {
		case 'image':
			return __( 'Picture', 'nxt-cloud-chat' );
		case 'video':
			return __( 'Video', 'nxt-cloud-chat' );
		case 'gif':
			return __( 'GIF', 'nxt-cloud-chat' );
		case 'document':
			return __( 'Document', 'nxt-cloud-chat' );
		case 'location':
			return __( 'Place', 'nxt-cloud-chat' );
		case 'product':
			return __( 'Product from your catalogue', 'nxt-cloud-chat' );
		default:
			return kind.toUpperCase();
	}
};

const text = ( value: unknown ): string => ( typeof value === 'string' ? value : '' );

function Header( { header, files }: { header: RenderedHeader; files: LocalFiles } ) {
	if ( header.kind === 'text' ) {
		return (
			<p className="nxtchat-phone__title" dir="auto">
				{ header.text }
			</p>
		);
	}
	const { kind } = header;
	const media = header.media ?? {};
	const local = files[ text( media.id ) ] ?? null;
	if ( local && kind === 'image' ) {
		return <img className="nxtchat-phone__image" src={ local.url } alt={ local.name } />;
	}
	if ( local && ( kind === 'video' || kind === 'gif' ) ) {
		return <video className="nxtchat-phone__image" src={ local.url } muted playsInline aria-label={ local.name } />;
	}
	const lines =
		kind === 'location'
			? [ text( media.name ) || mediaWord( kind ), text( media.address ) ]
			: [ text( media.filename ) || local?.name || mediaWord( kind ), kind === 'product' ? text( media.product_retailer_id ) : '' ];
	return (
		<div className={ `nxtchat-phone__media is-${ kind }` }>
			{ kind === 'product' ? <Glyph name="bag" size={ 36 } /> : <Icon name={ kind === 'video' || kind === 'gif' ? 'video' : kind === 'document' ? 'document' : kind === 'location' ? 'location' : 'image' } size={ 36 } /> }
			<span dir="auto">
				{ lines.filter( Boolean ).map( ( line, index ) => ( index === 0 ? <strong key={ line }>{ line }</strong> : <small key={ line }>{ line }</small> ) ) }
			</span>
		</div>
	);
}

const Offer = ( { offer, code }: { offer: NonNullable< Rendered[ 'offer' ] >; code: string } ) => (
	<div className="nxtchat-phone__offer">
		<Glyph name="gift" size={ 30 } />
		<span dir="auto">
			<strong>{ offer.text }</strong>
			{ offer.expires_ms ? (
				/* translators: %s: date and time */
				<small>{ sprintf( __( 'Ends %s', 'nxt-cloud-chat' ), dateTime( offer.expires_ms ) ) }</small>
			) : null }
			{ code && (
				/* translators: %s: a code */
				<small>{ sprintf( __( 'Code: %s', 'nxt-cloud-chat' ), code ) }</small>
			) }
		</span>
	</div>
);

function Buttons( { buttons }: { buttons: RenderedButton[] } ) {
	const [ isOpen, setOpen ] = useState( false );
	if ( ! buttons.length ) {
		return null;
	}
	const isMany = buttons.length > BUTTONS_SHOWN;
	const shown = isMany && ! isOpen ? buttons.slice( 0, BUTTONS_SHOWN - 1 ) : buttons;
	return (
		<ul className="nxtchat-phone__buttons">
			{ shown.map( ( button, index ) => (
				<li key={ index } title={ button.url || button.phone || button.code || undefined }>
					<Glyph name={ buttonGlyph( button.kind ) } />
					{ button.text ? <span dir="auto">{ button.text }</span> : <span className="nxtchat-phone__empty">{ __( 'Label', 'nxt-cloud-chat' ) }</span> }
				</li>
			) ) }
			{ isMany && (
				<li>
					<button type="button" aria-expanded={ isOpen } onClick={ () => setOpen( ! isOpen ) }>
						<Glyph name="list" />
						{ isOpen ? __( 'Show fewer', 'nxt-cloud-chat' ) : __( 'See all options', 'nxt-cloud-chat' ) }
					</button>
				</li>
			) }
		</ul>
	);
}
