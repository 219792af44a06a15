/**
 * The rules of the server in the browser: core.wasm, fetched by the screens that use it when they do.
 *
 * It is the same code as in the extension, so what is said here is what the server will say.
 */
import { instantiate, type Rules } from '../../../crates/wasm/core.mjs';
import address from '../../../build/wasm/core.wasm';

/** The script's own address, which is known only while it runs first; core.wasm lies beside it. */
const script = typeof document === 'undefined' ? '' : ( document.currentScript as HTMLScriptElement | null )?.src ?? '';

let loading: Promise< Rules > | null = null;

/**
 * The rules. Loaded once; after a failure the next call tries again.
 *
 * Not by instantiateStreaming(): many servers do not know the type application/wasm.
 */
export function loadRules( get: typeof fetch = fetch ): Promise< Rules > {
	loading ??= load( get ).catch( ( reason: unknown ) => {
		loading = null;
		throw reason;
	} );
	return loading;
}

async function load( get: typeof fetch ): Promise< Rules > {
	const response = await get( new URL( address, script || 'http://localhost/' ) );
	if ( ! response.ok ) {
		throw new Error( `core.wasm: ${ response.status }` );
	}
	return instantiate( await response.arrayBuffer() );
}
