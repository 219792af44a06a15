/** ULIDs: our id for one send (`ref`), made here so that a repeated request is the same message. */

const ALPHABET = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';

/**
 * A new ULID: 48 bits of time, 80 bits of randomness, 26 characters of Crockford's base32.
 *
 * @param nowMs UTC ms.
 */
export function ulid( nowMs: number = Date.now() ): string {
	let time = '';
	for ( let rest = nowMs, i = 0; i < 10; i++ ) {
		time = ALPHABET[ rest % 32 ] + time;
		rest = Math.floor( rest / 32 );
	}
	const random = crypto.getRandomValues( new Uint8Array( 16 ) );
	return time + Array.from( random, ( byte ) => ALPHABET[ byte % 32 ] ).join( '' );
}
