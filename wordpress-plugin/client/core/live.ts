/**
 * Knows when something changed, without asking WordPress.
 *
 * Polls live.php (the site's change counter): each second while the tab is visible, every
 * HIDDEN_MS while it is not, slower while it fails. When the counter moved, and every REFRESH_MS
 * regardless, `refresh` runs. Refreshes never overlap.
 */
import type { LiveAccess } from './types';

const POLL_MS = 1_000;
const HIDDEN_MS = 20_000;
const REFRESH_MS = 20_000;
const MAX_BACKOFF_MS = 30_000;
/** A hung poll is given up after this. */
const POLL_TIMEOUT_MS = 5_000;
/** The token is renewed when it has less than this left. */
const RENEW_BEFORE_MS = 60_000;

export interface LiveOptions {
	access: LiveAccess | null;
	refresh: () => Promise< void >;
	/** Asks REST for a new token. */
	renew: () => Promise< LiveAccess >;
	now: () => number;
	isVisible: () => boolean;
	fetch: ( url: string, init: RequestInit ) => Promise< Response >;
}

export interface Live {
	/** The tab became visible, the network came back: ask now. */
	wake(): void;
	stop(): void;
}

/** The counter in live.php's answer, null when it is none. */
export function parseCounter( body: string ): number | null {
	const text = body.trim();
	return /^\d{1,15}$/.test( text ) ? Number( text ) : null;
}

export function startLive( options: LiveOptions ): Live {
	const { now, isVisible } = options;
	let access = options.access;
	let seen = access?.value ?? 0;
	let failures = 0;
	let refreshedMs = now();
	let refreshing = false;
	let timer: ReturnType< typeof setTimeout > | undefined;
	let inFlight: AbortController | null = null;
	let stopped = false;

	async function poll(): Promise< boolean > {
		if ( ! access || access.expires_ms - now() < RENEW_BEFORE_MS ) {
			access = await options.renew();
		}
		const abort = new AbortController();
		inFlight = abort;
		const giveUp = setTimeout( () => abort.abort(), POLL_TIMEOUT_MS );
		try {
			const join = access.url.includes( '?' ) ? '&' : '?';
			const response = await options.fetch(
				`${ access.url }${ join }token=${ encodeURIComponent( access.token ) }`,
				{ cache: 'no-store', signal: abort.signal }
			);
			if ( response.status === 401 || response.status === 403 ) {
				access = null; // Expired or revoked: the next round asks for a new one.
				throw new Error( 'token refused' );
			}
			const counter = response.ok ? parseCounter( await response.text() ) : null;
			if ( counter === null ) {
				throw new Error( 'no counter' );
			}
			const moved = counter !== seen;
			seen = counter;
			return moved;
		} finally {
			clearTimeout( giveUp );
			inFlight = null;
		}
	}

	async function round(): Promise< void > {
		let moved = false;
		try {
			moved = await poll();
			failures = 0;
		} catch {
			failures++;
		}
		const due = isVisible() && now() - refreshedMs >= REFRESH_MS;
		if ( ! stopped && ( moved || due ) ) {
			refreshing = true;
			refreshedMs = now();
			try {
				await options.refresh();
			} catch {
				// The screen shows its own error; the next refresh tries again.
			} finally {
				refreshing = false;
			}
		}
		plan();
	}

	function delay(): number {
		const usual = isVisible() ? POLL_MS : HIDDEN_MS;
		return failures === 0 ? usual : Math.max( usual, Math.min( MAX_BACKOFF_MS, POLL_MS * 2 ** failures ) );
	}

	function plan(): void {
		clearTimeout( timer );
		if ( ! stopped ) {
			timer = setTimeout( round, delay() );
		}
	}

	plan();
	return {
		wake() {
			if ( ! inFlight && ! refreshing && ! stopped ) {
				failures = 0;
				clearTimeout( timer );
				void round();
			}
		},
		stop() {
			stopped = true;
			clearTimeout( timer );
			inFlight?.abort();
		},
	};
}
