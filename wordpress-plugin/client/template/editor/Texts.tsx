/** Header, body and footer. */
import { createElement, Fragment, useRef, useState } from '@wordpress/element';
import { __, sprintf } from '@wordpress/i18n';

import { ApiError, toApiError } from '../../core/error';
import { countCharacters, fileSize } from '../../core/text';
import { boot } from '../../core/boot';
import { uploadSample } from './api';
import { str } from './json';
import { Group, mistake, PlaceField, Told, type Edit } from './kit';
import { LIMITS, SAMPLE_BYTES } from './limits';
import { buttonsOf, freeName, headerFormat, isNamed, part, placeOf, renumber, ROOT, sampleOf, setFooter, setHeader, setSample, setText } from './model';
import { word } from './json';
import { scan } from './naming';

const ACCEPT: Record< string, string > = { IMAGE: 'image/jpeg,image/png', VIDEO: 'video/mp4,video/3gpp', GIF: 'video/mp4', DOCUMENT: 'application/pdf' };

const formatLabels = (): Record< string, string > => ( {
	NONE: __( 'None', 'nxt-cloud-chat' ),
	TEXT: __( 'Text', 'nxt-cloud-chat' ),
	IMAGE: __( 'Picture', 'nxt-cloud-chat' ),
	VIDEO: __( 'Video', 'nxt-cloud-chat' ),
	GIF: __( 'Moving picture (GIF)', 'nxt-cloud-chat' ),
	DOCUMENT: __( 'Document', 'nxt-cloud-chat' ),
	LOCATION: __( 'Place on a map', 'nxt-cloud-chat' ),
	PRODUCT: __( 'Product', 'nxt-cloud-chat' ),
} );

/** @param formats Those that may be chosen. */
export function HeaderFields( { edit, list, formats }: { edit: Edit; list: string; formats: string[] } ) {
	const { form } = edit;
	const place = placeOf( form, list, 'HEADER' );
	const format = headerFormat( form, list );
	const labels = formatLabels();
	const offered = formats.includes( format ) ? formats : [ ...formats, format ];
	return (
		<Group edit={ edit } place={ place } title={ __( 'Header', 'nxt-cloud-chat' ) }>
			<PlaceField
				edit={ edit }
				place={ place ? `${ place }.format` : `${ list }.header` }
				type="select"
				label={ __( 'What stands at the top', 'nxt-cloud-chat' ) }
				value={ format }
				options={ offered.map( ( value ) => ( { value, label: labels[ value ] ?? value } ) ) }
				onChange={ ( next ) => edit.change( ( now ) => setHeader( now, list, next ) ) }
				help={ format === 'LOCATION' || format === 'PRODUCT' ? __( 'Which one is said when the message is sent.', 'nxt-cloud-chat' ) : undefined }
			/>
			{ format === 'TEXT' && (
				<Fragment>
					<PlaceField
						edit={ edit }
						place={ `${ place }.text` }
						label={ __( 'Text of the header', 'nxt-cloud-chat' ) }
						max={ LIMITS.TEMPLATE_HEADER_CHARS }
						onChange={ ( text ) => edit.change( ( now ) => setText( now, list, 'HEADER', text ) ) }
					/>
					{ scan( str( part( form, list, 'HEADER' ).text ) ).length === 0 && (
						<button type="button" className="button-link" onClick={ () => edit.change( ( now ) => setText( now, list, 'HEADER', `${ str( part( now, list, 'HEADER' ).text ) }{{${ freeName( now, list, 'HEADER' ) }}}` ) ) }>
							{ __( 'Insert a variable', 'nxt-cloud-chat' ) }
						</button>
					) }
				</Fragment>
			) }
			{ ACCEPT[ format ] && <Sample edit={ edit } list={ list } format={ format } place={ place } /> }
		</Group>
	);
}

/** The file that WhatsApp's reviewers look at. */
function Sample( { edit, list, format, place }: { edit: Edit; list: string; format: string; place: string } ) {
	const [ upload, setUpload ] = useState< { name: string; error?: ApiError } | null >( null );
	const input = useRef< HTMLInputElement >( null );
	const handle = sampleOf( edit.form, list );
	const local = edit.files[ handle ];
	const isBusy = upload !== null && ! upload.error;
	const take = async ( file: File ) => {
		const max = SAMPLE_BYTES[ format ] ?? SAMPLE_BYTES.VIDEO;
		if ( file.size > max ) {
			setUpload( { name: file.name, error: new ApiError( 'refused', 'nxtchat_sample_size', __( 'The file is too large.', 'nxt-cloud-chat' ), /* translators: %s: a size */ sprintf( __( 'Choose one of at most %s.', 'nxt-cloud-chat' ), fileSize( max, boot.locale ) ) ) } );
			return;
		}
		setUpload( { name: file.name } );
		try {
			const sample = await uploadSample( edit.account, file, format );
			edit.keepFile( sample.handle, file );
			edit.change( ( form ) => setSample( form, list, sample.handle ) );
			setUpload( null );
		} catch ( reason ) {
			setUpload( { name: file.name, error: reason instanceof ApiError ? reason : toApiError( reason ) } );
		}
	};
	const id = `nxtchat-sample-${ place.replace( /\W+/g, '-' ) }`;
	const wrong = upload?.error ? `${ upload.error.message } ${ upload.error.remedy }`.trim() : mistake( edit, `${ place }.example` );
	return (
		<div data-place={ `${ place }.example` } className={ `nxtchat-field${ wrong ? ' has-error' : '' }` }>
			<label htmlFor={ id }>{ __( 'Sample file', 'nxt-cloud-chat' ) }</label>
			<input
				ref={ input }
				id={ id }
				type="file"
				accept={ ACCEPT[ format ] }
				disabled={ isBusy }
				aria-invalid={ wrong ? true : undefined }
				aria-describedby={ `${ id }-state` }
				onChange={ ( event ) => {
					const file = event.target.files?.[ 0 ];
					if ( file ) {
						void take( file );
					}
				} }
			/>
			<div id={ `${ id }-state` } role="status">
				{ isBusy && (
					<p className="nxtchat-editor__upload">
						<progress aria-label={ __( 'Uploading', 'nxt-cloud-chat' ) } />
						{ /* translators: %s: name of a file */ sprintf( __( 'Uploading %s to WhatsApp…', 'nxt-cloud-chat' ), upload?.name ?? '' ) }
					</p>
				) }
				{ wrong && <p className="nxtchat-field__error">{ wrong }</p> }
				<p className="description">
					{ handle
						? local
							? /* translators: %s: name of a file */ sprintf( __( '%s is uploaded.', 'nxt-cloud-chat' ), local.name )
							: __( 'WhatsApp has a sample. Choose a file to replace it.', 'nxt-cloud-chat' )
						: __( 'Reviewers at WhatsApp look at it. Which file a customer gets is said when the message is sent.', 'nxt-cloud-chat' ) }
				</p>
			</div>
		</div>
	);
}

const marks = (): [ string, string, string ][] => [
	[ '*', __( 'Bold', 'nxt-cloud-chat' ), 'B' ],
	[ '_', __( 'Italic', 'nxt-cloud-chat' ), 'I' ],
	[ '~', __( 'Struck through', 'nxt-cloud-chat' ), 'S' ],
	[ '```', __( 'Fixed width', 'nxt-cloud-chat' ), '<>' ],
];

/** The text, with a row of buttons for what it may have. */
export function BodyField( { edit, list, max: limit }: { edit: Edit; list: string; max?: number } ) {
	const { form } = edit;
	const area = useRef< HTMLTextAreaElement >( null );
	const place = placeOf( form, list, 'BODY' ) || list;
	const text = str( part( form, list, 'BODY' ).text );
	const at = `${ place }.text`;
	const isProduct = buttonsOf( form, list ).some( ( { type } ) => word( type ) === 'SPM' );
	const max = limit ?? ( placeOf( form, ROOT, 'LIMITED_TIME_OFFER' ) ? LIMITS.OFFER_BODY_CHARS : isProduct ? LIMITS.CARD_BODY_CHARS : LIMITS.BODY_CHARS );
	const length = countCharacters( text );
	const wrong = [ mistake( edit, at ), placeOf( form, list, 'BODY' ) ? undefined : mistake( edit, list ) ].filter( Boolean ).join( ' ' );
	const problems = edit.told( at );
	const id = `nxtchat-body-${ list.replace( /\W+/g, '-' ) }`;

	/** Puts `before` and `behind` around what is selected. */
	const wrap = ( before: string, behind: string ) => {
		const field = area.current;
		const start = field?.selectionStart ?? text.length;
		const end = field?.selectionEnd ?? start;
		const inner = text.slice( start, end );
		edit.change( ( now ) => setText( now, list, 'BODY', text.slice( 0, start ) + before + inner + behind + text.slice( end ) ) );
		requestAnimationFrame( () => {
			field?.focus();
			field?.setSelectionRange( start + before.length, start + before.length + inner.length );
		} );
	};
	const insertVariable = () => {
		const name = freeName( form, list, 'BODY' );
		const field = area.current;
		const end = field?.selectionEnd ?? text.length;
		edit.change( ( now ) => {
			const next = setText( now, list, 'BODY', `${ text.slice( 0, end ) }{{${ name }}}${ text.slice( end ) }` );
			return isNamed( now ) ? next : renumber( next, list, 'BODY' );
		} );
		requestAnimationFrame( () => {
			field?.focus();
			const behind = ( field?.value.indexOf( '}}', end ) ?? end ) + 2;
			field?.setSelectionRange( behind, behind );
		} );
	};
	return (
		<div data-place={ at } className={ `nxtchat-field${ wrong ? ' has-error' : '' }${ length > max ? ' is-over' : '' }` }>
			<label htmlFor={ id }>
				{ __( 'Text', 'nxt-cloud-chat' ) }
				<span className="nxtchat-field__required" aria-hidden="true">
					{ ' *' }
				</span>
			</label>
			<div className="nxtchat-editor__toolbar" role="group" aria-label={ __( 'Formatting of the text', 'nxt-cloud-chat' ) }>
				{ marks().map( ( [ mark, label, sign ] ) => (
					<button key={ mark } type="button" className="button" aria-label={ label } title={ label } onClick={ () => wrap( mark, mark ) }>
						<span className={ `is-mark-${ label === sign ? '' : sign.toLowerCase().replace( /\W/g, 'm' ) }` }>{ sign }</span>
					</button>
				) ) }
				<button type="button" className="button" onClick={ insertVariable }>
					{ __( 'Insert variable', 'nxt-cloud-chat' ) }
				</button>
			</div>
			<textarea
				ref={ area }
				id={ id }
				rows={ limit ? 3 : 7 }
				dir="auto"
				value={ text }
				aria-required="true"
				aria-invalid={ wrong ? true : undefined }
				aria-describedby={ `${ id }-help` }
				onChange={ ( event ) => edit.change( ( now ) => setText( now, list, 'BODY', event.target.value ) ) }
			/>
			<div id={ `${ id }-help` }>
				{ wrong && <p className="nxtchat-field__error">{ wrong }</p> }
				<Told edit={ edit } place={ at } onlyAdvice />
				<p className="description">
					<span className="nxtchat-editor__count">{ /* translators: 1: characters that there are, 2: characters at most */ sprintf( __( '%1$d of %2$d characters', 'nxt-cloud-chat' ), length, max ) }</span>
				</p>
			</div>
			{ ! isNamed( form ) && problems.some( ( { rule } ) => rule === 'variable_gap' || rule === 'variable_order' ) && (
				<button type="button" className="button" onClick={ () => edit.change( ( now ) => renumber( now, list, 'BODY' ) ) }>
					{ __( 'Number them in their order', 'nxt-cloud-chat' ) }
				</button>
			) }
		</div>
	);
}

export function FooterField( { edit }: { edit: Edit } ) {
	const place = placeOf( edit.form, ROOT, 'FOOTER' );
	return (
		<div data-place={ place || undefined }>
			{ place && <Told edit={ edit } place={ place } /> }
			<PlaceField
				edit={ edit }
				place={ place ? `${ place }.text` : 'components.footer' }
				label={ __( 'Footer', 'nxt-cloud-chat' ) }
				max={ LIMITS.TEMPLATE_FOOTER_CHARS }
				help={ __( 'Small and grey, the same for everybody. May stay empty.', 'nxt-cloud-chat' ) }
				onChange={ ( text ) => edit.change( ( form ) => setFooter( form, text ) ) }
			/>
		</div>
	);
}
