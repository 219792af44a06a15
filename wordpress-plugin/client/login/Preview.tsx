/** The form as visitors will see it, made by the server from what is being edited. Its frame runs no script. */
import { createElement, useEffect, useRef, useState } from '@wordpress/element';
import { __ } from '@wordpress/i18n';

import { isAbort } from '../core/error';
import { Skeleton } from '../core/ui';
import { fetchPreview } from './api';
import { useDraft } from './parts';

/** Typing settles for this long before the form is asked for, ms. */
const SETTLE_MS = 300;

export function Preview() {
	const draft = useDraft();
	const [ pages, setPages ] = useState< { phone: string; code: string } | null >( null );
	const [ isFailed, setFailed ] = useState( false );
	const asked = JSON.stringify( { countries: draft.countries, all_countries: draft.all_countries, remember: draft.remember, word: draft.word, digits: draft.digits } );

	useEffect( () => {
		const abort = new AbortController();
		const timer = setTimeout( () => {
			fetchPreview( JSON.parse( asked ), abort.signal ).then(
				( next ) => {
					setPages( next );
					setFailed( false );
				},
				( reason: unknown ) => ! isAbort( reason ) && setFailed( true )
			);
		}, SETTLE_MS );
		return () => {
			clearTimeout( timer );
			abort.abort();
		};
	}, [ asked ] );

	return (
		<aside className="nxtchat-formpreview" aria-labelledby="nxtchat-login-preview">
			<h2 id="nxtchat-login-preview">{ __( 'What visitors see', 'nxt-cloud-chat' ) }</h2>
			{ ! pages && ! isFailed && <Skeleton rows={ 3 } label={ __( 'Loading the preview', 'nxt-cloud-chat' ) } /> }
			{ isFailed && <p className="description">{ __( 'The preview could not be made.', 'nxt-cloud-chat' ) }</p> }
			{ pages && (
				<ol>
					<li>
						<h3>{ __( 'First the number', 'nxt-cloud-chat' ) }</h3>
						<Frame html={ pages.phone } title={ __( 'Preview: the number', 'nxt-cloud-chat' ) } />
					</li>
					<li>
						<h3>{ __( 'Then the code', 'nxt-cloud-chat' ) }</h3>
						<Frame html={ pages.code } title={ __( 'Preview: the code', 'nxt-cloud-chat' ) } />
					</li>
				</ol>
			) }
			<p className="description">{ __( 'Colours and letters are your theme’s.', 'nxt-cloud-chat' ) }</p>
		</aside>
	);
}

function Frame( { html, title }: { html: string; title: string } ) {
	const frame = useRef< HTMLIFrameElement >( null );
	const [ height, setHeight ] = useState( 200 );
	// Its own origin, so that fonts load and its height can be read; no scripts.
	return (
		<iframe
			ref={ frame }
			title={ title }
			sandbox="allow-same-origin"
			tabIndex={ -1 }
			srcDoc={ html }
			style={ { blockSize: height } }
			onLoad={ () => setHeight( frame.current?.contentDocument?.documentElement.offsetHeight || 200 ) }
		/>
	);
}
