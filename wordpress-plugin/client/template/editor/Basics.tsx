/** Name, category, language and lifetime. */
import { createElement, Fragment, useMemo, useState } from '@wordpress/element';
import { __, sprintf } from '@wordpress/i18n';

import { boot } from '../../core/boot';
import { Control } from '../../core/form';
import { languageName } from '../../core/places';
import { ExternalLink, META } from '../../core/ui';
import { CATEGORIES, categoryHelp, categoryLabel } from '../words';
import { get } from './json';
import { PlaceField, type Edit } from './kit';
import { LANGUAGES, LIMITS } from './limits';
import { put, setCategory } from './model';
import { toName } from './naming';

/** "German (de)", by name. */
export const languageOptions = (): { value: string; label: string }[] =>
	LANGUAGES.map( ( value ) => ( { value, label: `${ languageName( value ) } (${ value })` } ) ).sort( ( a, b ) => a.label.localeCompare( b.label ) );

interface Props {
	edit: Edit;
	isNew: boolean;
	onAccount: ( id: number ) => void;
}

export function Basics( { edit, isNew, onAccount }: Props ) {
	const { form, isFixed, isApproved } = edit;
	const { name, language, category } = form.template;
	const [ typed, setTyped ] = useState( name );
	const options = useMemo( languageOptions, [] );
	const isMade = typed !== name && toName( typed ) === name;
	return (
		<Fragment>
			{ isNew && boot.accounts.length > 1 && (
				<Control
					type="select"
					label={ __( 'WhatsApp account', 'nxt-cloud-chat' ) }
					value={ String( edit.account ) }
					options={ boot.accounts.map( ( { id, name: label, display_phone } ) => ( { value: String( id ), label: label || display_phone } ) ) }
					onChange={ ( id ) => onAccount( Number( id ) ) }
				/>
			) }
			<PlaceField
				edit={ edit }
				place="name"
				label={ __( 'Name', 'nxt-cloud-chat' ) }
				value={ isMade ? typed : name }
				isRequired
				isDisabled={ isFixed }
				placeholder="order_update"
				help={
					isFixed
						? __( 'Cannot be changed any more: WhatsApp knows it by this name.', 'nxt-cloud-chat' )
						: isMade
							? /* translators: %s: a name */ sprintf( __( 'Becomes %s: names have small letters, digits and _ only. Customers never see it.', 'nxt-cloud-chat' ), name )
							: __( 'Small letters, digits and _. Customers never see it.', 'nxt-cloud-chat' )
				}
				onChange={ ( text ) => {
					setTyped( text );
					edit.change( ( now ) => put( now, 'name', toName( text ).slice( 0, LIMITS.TEMPLATE_NAME_CHARS ) ) );
				} }
			/>
			<PlaceField
				edit={ edit }
				place="category"
				type="select"
				label={ __( 'Category', 'nxt-cloud-chat' ) }
				value={ category.toUpperCase() }
				isDisabled={ isApproved }
				options={ CATEGORIES.map( ( value ) => ( { value, label: categoryLabel( value ) } ) ) }
				help={
					<Fragment>
						{ isApproved ? __( 'Cannot be changed while the template is approved.', 'nxt-cloud-chat' ) : categoryHelp( category.toUpperCase() ) } { __( 'It decides what a message costs.', 'nxt-cloud-chat' ) }{ ' ' }
						<ExternalLink href={ META.pricing }>{ __( 'Meta’s prices', 'nxt-cloud-chat' ) }</ExternalLink>
					</Fragment>
				}
				onChange={ ( next ) => edit.change( ( now ) => setCategory( now, next ) ) }
			/>
			<PlaceField
				edit={ edit }
				place="language"
				type="select"
				label={ __( 'Language', 'nxt-cloud-chat' ) }
				isDisabled={ isFixed }
				options={ LANGUAGES.includes( language ) ? options : [ { value: language, label: language || __( 'Choose…', 'nxt-cloud-chat' ) }, ...options ] }
				help={ __( 'In which the text below is written.', 'nxt-cloud-chat' ) }
			/>
		</Fragment>
	);
}

/** How long WhatsApp tries to deliver. */
export function Lifetime( { edit }: { edit: Edit } ) {
	const value = get( edit.form.template, 'message_send_ttl_seconds' );
	const category = edit.form.template.category.toUpperCase();
	const [ min, max ] =
		category === 'MARKETING'
			? [ LIMITS.TTL_MARKETING_SECONDS_MIN, LIMITS.TTL_MARKETING_SECONDS ]
			: [ LIMITS.TTL_SECONDS_MIN, category === 'AUTHENTICATION' ? LIMITS.TTL_AUTHENTICATION_SECONDS : LIMITS.TTL_UTILITY_SECONDS ];
	return (
		<PlaceField
			edit={ edit }
			place="message_send_ttl_seconds"
			type="number"
			isShort
			label={ __( 'Give up after, seconds', 'nxt-cloud-chat' ) }
			value={ value === undefined ? '' : String( value ) }
			help={ /* translators: 1: seconds, 2: seconds */ sprintf( __( 'When a phone is off for longer, the message is dropped. %1$d to %2$d; empty: WhatsApp’s own time.', 'nxt-cloud-chat' ), min ?? 0, max ?? 0 ) }
			onChange={ ( text ) => edit.change( ( form ) => put( form, 'message_send_ttl_seconds', text.trim() === '' ? undefined : /^-?\d+$/.test( text.trim() ) ? Number( text ) : text ) ) }
		/>
	);
}
