/* The consent block in the editor. What visitors see is made by ConsentForm.php. */
/* global window */
( function ( wp, data ) {
	const { createElement: h, Fragment } = wp.element;
	const { InspectorControls, useBlockProps } = wp.blockEditor;
	const { PanelBody, SelectControl, TextControl, TextareaControl, ToggleControl } = wp.components;
	const { __ } = wp.i18n;

	function edit( { attributes, setAttributes } ) {
		const set = ( name ) => ( value ) => setAttributes( { [ name ]: value } );
		const countries = Object.entries( data.countries ).map( ( [ value, label ] ) => ( { value, label } ) );
		const country = attributes.country || data.country;
		return h(
			Fragment,
			null,
			h(
				InspectorControls,
				null,
				h(
					PanelBody,
					{ title: __( 'Form', 'nxt-cloud-chat' ) },
					h( TextareaControl, {
						label: __( 'Words beside the checkbox', 'nxt-cloud-chat' ),
						help: __( 'Say who writes, about what, and how to end it. They are kept as evidence. Empty: those of the settings.', 'nxt-cloud-chat' ),
						value: attributes.wording,
						placeholder: data.wording,
						onChange: set( 'wording' ),
					} ),
					h( SelectControl, {
						label: __( 'What the messages are for', 'nxt-cloud-chat' ),
						value: attributes.purpose,
						options: [
							{ value: 'marketing', label: __( 'Offers and news', 'nxt-cloud-chat' ) },
							{ value: 'utility', label: __( 'Orders and appointments', 'nxt-cloud-chat' ) },
						],
						onChange: set( 'purpose' ),
					} ),
					h( SelectControl, {
						label: __( 'Country at first', 'nxt-cloud-chat' ),
						value: attributes.country,
						options: [ { value: '', label: __( 'As the WhatsApp number’s', 'nxt-cloud-chat' ) }, ...countries ],
						onChange: set( 'country' ),
					} ),
					h( TextControl, {
						label: __( 'Button', 'nxt-cloud-chat' ),
						value: attributes.button,
						placeholder: __( 'Subscribe', 'nxt-cloud-chat' ),
						onChange: set( 'button' ),
					} ),
					h( ToggleControl, {
						label: __( 'Ask for the name', 'nxt-cloud-chat' ),
						checked: attributes.name,
						onChange: set( 'name' ),
					} )
				)
			),
			h(
				'div',
				useBlockProps( { className: 'nxtchat-consent' } ),
				attributes.name && field( __( 'Name', 'nxt-cloud-chat' ), h( 'input', { type: 'text', disabled: true } ) ),
				field( __( 'Country', 'nxt-cloud-chat' ), h( 'select', { disabled: true }, h( 'option', null, data.countries[ country ] ) ) ),
				field( __( 'WhatsApp number', 'nxt-cloud-chat' ), h( 'input', { type: 'tel', disabled: true } ) ),
				h( 'p', { className: 'nxtchat-consent__agree' }, h( 'input', { type: 'checkbox', disabled: true } ), h( 'span', null, attributes.wording || data.wording ) ),
				h( 'p', { className: 'nxtchat-consent__submit wp-block-button' }, h( 'span', { className: 'wp-block-button__link wp-element-button' }, attributes.button || __( 'Subscribe', 'nxt-cloud-chat' ) ) )
			)
		);
	}

	function field( label, control ) {
		return h( 'p', { className: 'nxtchat-consent__field' }, h( 'label', null, label ), control );
	}

	wp.blocks.registerBlockType( data.block.name, {
		...data.block,
		title: __( 'WhatsApp consent', 'nxt-cloud-chat' ),
		description: __( 'Visitors leave their number and agree to messages on WhatsApp.', 'nxt-cloud-chat' ),
		edit,
		save: () => null,
	} );
} )( window.wp, window.nxtchatConsent );
