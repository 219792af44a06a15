/**
 * The rules of the server in the browser: WebAssembly, fetched by the screens that use it when they do.
 *
 * It is the same code as in the extension, so what is said here is what the server will say.
 */
import { instantiate, type Rules } from '../../../crates/wasm/core.mjs';
import coreAddress from '../../../build/wasm/core.wasm';
import csvAddress from '../../../build/wasm/csv.wasm';

/** The script's own address, which is known only while it runs first; the modules lie beside it. */
const script = typeof document === 'undefined' ? '' : ( document.currentScript as HTMLScriptElement | null )?.src ?? '';

/** Loads a module once; after a failure the next call tries again. */
function loader( address: string ): ( get?: typeof fetch ) => Promise< Rules > {
	let loading: Promise< Rules > | null = null;
	return ( get = fetch ) => {
		loading ??= load( address, get ).catch( ( reason: unknown ) => {
			loading = null;
			throw reason;
		} );
		return loading;
	};
}

/** Not by instantiateStreaming(): many servers do not know the type application/wasm. */
async function load( address: string, get: typeof fetch ): Promise< Rules > {
	const response = await get( new URL( address, script || 'http://localhost/' ) );
	if ( ! response.ok ) {
		throw new Error( `${ address }: ${ response.status }` );
	}
	return instantiate( await response.arrayBuffer() );
}

/** How files of contacts are read. */
export const loadCsv = loader( csvAddress );

/** Templates: what is wrong with one, what it needs, how a customer sees it. */
export const loadCore = loader( coreAddress );
