/* The login block in the editor. What visitors see is made by LoginForm.php. */
/* global window */
( function ( wp, data ) {
	const { createElement: h, Fragment } = wp.element;
	const { InspectorControls, useBlockProps } = wp.blockEditor;
	const { Notice, PanelBody, SelectControl, TextControl } = wp.components;
	const { __ } = wp.i18n;

	function edit( { attributes, setAttributes } ) {
		const set = ( name ) => ( value ) => setAttributes( { [ name ]: value } );
		const countries = Object.entries( data.countries ).map( ( [ value, [ calling, name ] ] ) => ( { value, label: name + ' (+' + calling + ')' } ) );
		const country = data.countries[ attributes.country ] || data.countries[ data.country ] || Object.values( data.countries )[ 0 ] || [ '', '' ];
		return h(
			Fragment,
			null,
			h(
				InspectorControls,
				null,
				h(
					PanelBody,
					{ title: __( 'Form', 'nxt-cloud-chat' ) },
					h( TextControl, {
						label: __( 'Page to open afterwards', 'nxt-cloud-chat' ),
						help: __( 'An address of this site. Empty: where the visitor was going, else this page.', 'nxt-cloud-chat' ),
						value: attributes.redirect,
						onChange: set( 'redirect' ),
					} ),
					countries.length > 1 &&
						h( SelectControl, {
							label: __( 'Country at first', 'nxt-cloud-chat' ),
							value: attributes.country,
							options: [ { value: '', label: __( 'The site’s own', 'nxt-cloud-chat' ) }, ...countries ],
							onChange: set( 'country' ),
						} ),
					h( TextControl, {
						label: __( 'Button', 'nxt-cloud-chat' ),
						value: attributes.button,
						placeholder: __( 'Send me a code', 'nxt-cloud-chat' ),
						onChange: set( 'button' ),
					} )
				)
			),
			h(
				'div',
				useBlockProps( { className: 'nxtchat-login nxtchat-login--block' } ),
				! data.enabled && h( Notice, { status: 'warning', isDismissible: false }, __( 'Login by WhatsApp is switched off: visitors see nothing here.', 'nxt-cloud-chat' ) ),
				h(
					'div',
					{ className: 'nxtchat-login__step' },
					h(
						'div',
						{ className: 'nxtchat-login__field' },
						h( 'label', null, __( 'Your WhatsApp number', 'nxt-cloud-chat' ) ),
						h(
							'div',
							{ className: 'nxtchat-login__number' },
							h( 'span', { className: 'nxtchat-login__face', title: country[ 1 ] }, '+' + country[ 0 ] ),
							h( 'input', { type: 'tel', disabled: true } )
						)
					),
					h( 'p', { className: 'nxtchat-login__submit wp-block-button' }, h( 'span', { className: 'wp-block-button__link wp-element-button' }, attributes.button || __( 'Send me a code', 'nxt-cloud-chat' ) ) ),
					h( 'p', { className: 'nxtchat-login__ways' }, h( 'span', { className: 'nxtchat-login__link' }, __( 'Use my password', 'nxt-cloud-chat' ) ) )
				)
			)
		);
	}

	wp.blocks.registerBlockType( data.block.name, {
		...data.block,
		title: __( 'WhatsApp login', 'nxt-cloud-chat' ),
		description: __( 'Visitors log in with a code that they get on WhatsApp.', 'nxt-cloud-chat' ),
		edit,
		save: () => null,
	} );
} )( window.wp, window.nxtchatLoginBlock );
