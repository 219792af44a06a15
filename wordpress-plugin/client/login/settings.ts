/** The settings as they are edited: what changed, how to take it back, and where a mistake is. Pure. */
import type { Change, LoginData, Settings } from './api';

/** Only the settings of what the server told. */
export const settingsOf = ( data: LoginData ): Settings =>
	Object.fromEntries( Object.keys( data.defaults ).map( ( key ) => [ key, data[ key as keyof Settings ] ] ) ) as unknown as Settings;

const same = ( a: unknown, b: unknown ): boolean => JSON.stringify( a ) === JSON.stringify( b );

/** Only what differs, so that two people who edit different settings do not undo each other. */
export const changes = ( before: Settings, after: Settings ): Change =>
	Object.fromEntries( Object.entries( after ).filter( ( [ key, value ] ) => ! same( value, before[ key as keyof Settings ] ) ) ) as Change;

/** The former values of what changed: saving them undoes it. */
export const undoOf = ( before: Settings, change: Change ): Change =>
	Object.fromEntries( Object.keys( change ).map( ( key ) => [ key, before[ key as keyof Settings ] ] ) ) as Change;

/** What another colleague changed meanwhile comes in; what is being edited here stays. */
export const merged = ( draft: Settings, before: Settings, now: Settings ): Settings => ( { ...now, ...changes( before, draft ) } );

export const TABS = [ 'overview', 'form', 'security', 'numbers', 'migration' ] as const;
export type Tab = ( typeof TABS )[ number ];

/** The part of the address after #: '#/security' → 'security'. What is not known is the overview. */
export const parseTab = ( hash: string ): Tab => TABS.find( ( tab ) => tab === hash.replace( /^#\/?/, '' ).split( /[?/]/ )[ 0 ] ) ?? 'overview';

export const href = ( tab: Tab ): string => ( tab === 'overview' ? '#/' : `#/${ tab }` );

const ON_FORM: ( keyof Settings )[] = [ 'account_id', 'template_id', 'digits', 'lifetime_s', 'resend_s', 'register', 'remember', 'on_wp_login', 'on_woocommerce', 'word', 'redirect' ];

/** The tab on which a problem's field is, by its path: 'migrate.until', 'proxies.0'. */
export function tabOf( path: string ): Tab {
	const key = path.split( /[.[]/ )[ 0 ] as keyof Settings;
	return key === 'migrate' ? 'migration' : ON_FORM.includes( key ) ? 'form' : 'security';
}

/** A number of choices with the present value among them, in order. */
export const withValue = ( choices: number[], value: number ): number[] => [ ...new Set( [ ...choices, value ] ) ].sort( ( a, b ) => a - b );
