/** What a template looks like and what is wrong with it: by the rules in the browser, or by the server where they cannot be loaded. */
import { useEffect, useMemo, useState } from '@wordpress/element';

import type { Rules, TemplatePreview } from '../../../../crates/wasm/core.mjs';
import { loadCore } from '../../core/rules';
import type { Values } from '../types';
import { previewOnServer } from './api';

/** Pause in typing before the server is asked, ms. */
const SERVER_PAUSE_MS = 400;

let loaded: Rules | null = null;

/**
 * The preview of a template, in the same moment once the rules are there.
 *
 * @param template Meta's JSON. The same object must mean the same template.
 * @param values   By key; null: the examples stand for them.
 * @return null until it is known; from the server it comes a little later
 */
export function usePreview( template: object | null, values: Values | null = null ): TemplatePreview | null {
	const [ rules, setRules ] = useState( loaded );
	const [ hasFailed, setFailed ] = useState( false );
	const [ answer, setAnswer ] = useState< TemplatePreview | null >( null );

	useEffect( () => {
		let isCurrent = true;
		if ( ! loaded ) {
			loadCore().then(
				( found ) => {
					loaded = found;
					if ( isCurrent ) {
						setRules( found );
					}
				},
				() => isCurrent && setFailed( true )
			);
		}
		return () => {
			isCurrent = false;
		};
	}, [] );

	useEffect( () => {
		if ( ! hasFailed || ! template ) {
			return;
		}
		const stop = new AbortController();
		const timer = setTimeout( () => void previewOnServer( template, values, stop.signal ).then( setAnswer, () => undefined ), SERVER_PAUSE_MS );
		return () => {
			clearTimeout( timer );
			stop.abort();
		};
	}, [ hasFailed, template, values ] );

	const here = useMemo( () => ( rules && template ? rules.templatePreview( template, values ) : null ), [ rules, template, values ] );
	return rules ? here : answer;
}
