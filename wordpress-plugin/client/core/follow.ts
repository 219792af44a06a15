/** Loads again what a screen shows whenever something changed somewhere. */
import { request } from './api';
import { boot, serverNow } from './boot';
import { startLive } from './live';
import type { LiveAccess } from './types';

/** @param refresh Must not throw. Returns what ends it, as an effect does. */
export function follow( refresh: () => Promise< void > ): () => void {
	const live = startLive( {
		access: boot.live,
		refresh,
		renew: () => request< LiveAccess >( 'live' ),
		now: serverNow,
		isVisible: () => ! document.hidden,
		fetch: ( url, init ) => window.fetch( url, init ),
	} );
	const wake = () => ! document.hidden && live.wake();
	document.addEventListener( 'visibilitychange', wake );
	window.addEventListener( 'online', wake );
	return () => {
		live.stop();
		document.removeEventListener( 'visibilitychange', wake );
		window.removeEventListener( 'online', wake );
	};
}
