/** The REST routes of the Login screen, and their shapes (docs/API.md). Times are UTC ms, 0 = never. */
import { request } from '../core/api';
import type { Option } from '../core/form';

export type Scope = 'number' | 'ip' | 'network' | 'country' | 'site';

/** Limits per minute, hour and day; 0 = no limit. */
export type Limits = [ number, number, number ];

export interface Settings {
	enabled: boolean;
	/** 0 = the first that may send. */
	account_id: number;
	/** 0 = none yet. */
	template_id: number;
	digits: number;
	lifetime_s: number;
	attempts: number;
	resend_s: number;
	/** Empty: the site's own. */
	countries: string[];
	all_countries: boolean;
	register: boolean;
	excluded_roles: string[];
	remember: boolean;
	on_wp_login: boolean;
	on_woocommerce: boolean;
	/** Reverse login: the visitor writes to the business number. */
	word: boolean;
	/** 0 = numbers never run out. */
	stale_months: number;
	proxies: string[];
	proxy_header: string;
	budgets: Record< Scope, Limits >;
	/** Wrong codes for one number on one day. */
	guesses_day: number;
	/** Messages on one day. */
	cap_day: number;
	/** Money on one day, 0 = only `cap_day`. */
	cap_money: number;
	/** '' = the site's. */
	alarm_email: string;
	redirect: string;
	migrate: { enabled: boolean; roles: string[]; until: string; text: string };
}

export interface Missing {
	key: string;
	/** Nobody can log in until it is mended. */
	blocks: boolean;
	message: string;
	remedy: string;
	/** Where it is mended: a tab, 'template', 'account', 'general', or ''. */
	place: string;
}

export interface TemplateState {
	id: number;
	name: string;
	language: string;
	/** '' = there is none; Meta's word, DRAFT, GONE, WRONG_CATEGORY. */
	status: string;
	is_ready: boolean;
	message: string;
	next: string;
	/** Minutes that the message tells, 0 = it does not. */
	minutes: number;
	wanted_minutes: number;
	/** The message as it arrives. */
	shown: { text: string; footer: string; button: string };
}

export interface Facts {
	/** '' = not known. */
	own_country: string;
	countries: string[];
	accounts: { id: number; name: string; can_send: boolean }[];
	templates: { id: number; name: string; language: string; status: string }[];
	roles: Option[];
	/** WordPress lets people register. */
	registers: boolean;
	default_role: string;
	admin_email: string;
	woocommerce: boolean;
	login_url: string;
	general_url: string;
	currency: string;
	/** The address that PHP sees, and the visitor's that is made of it. */
	connection: { peer: string; visitor: string };
	progress: { users: number; bound: number };
	/** Words of the banner when the owner wrote none. */
	banner: string;
	headers: string[];
	ranges: Record< string, [ number, number ] >;
}

export interface LoginData extends Settings {
	defaults: Settings;
	missing: Missing[];
	template: TemplateState;
	facts: Facts;
}

export type Change = Partial< Settings >;

export interface Counts {
	request: number;
	sent: number;
	delivered: number;
	success: number;
	register: number;
	word: number;
	refused: number;
	/** By reason. */
	refusals: Record< string, number >;
	spend: number;
}

export interface Day extends Counts {
	/** As 2026-01-31. */
	day: string;
}

export interface Report {
	/** Oldest first, without gaps. */
	days: Day[];
	totals: Counts;
	/** '' = no prices. */
	currency: string;
	today: {
		messages: number;
		cap_day: number;
		spend: number;
		cap_money: number;
		/** Of the whole site and of countries, by minute, hour and day. */
		budgets: { scope: Scope; value: string; used: Limits; limits: Limits }[];
	};
	alarms: string[];
}

export interface Outcome {
	id: number;
	/** Nothing more is to be expected. */
	done: boolean;
	ok: boolean;
	message: string;
	remedy: string;
}

export interface Binding {
	user_id: number;
	login: string;
	name: string;
	url: string;
	/** Masked. */
	phone: string;
	/** 0 in use, 1 silent for long, 2 changed at Meta. */
	stale: number;
	verified_ms: number;
	seen_ms: number;
}

export const fetchLogin = (): Promise< LoginData > => request( 'login/settings' );

export const saveLogin = ( data: Change ): Promise< LoginData > => request( 'login/settings', { method: 'PATCH', data } );

export const fetchReport = (): Promise< Report > => request( 'login/report' );

/** One click: makes it, hands it in, remembers it. */
export const makeTemplate = (): Promise< LoginData & { notices: string[] } > => request( 'login/template', { method: 'POST', data: {} } );

export const sendTest = ( phone: string ): Promise< Outcome > => request( 'login/test', { method: 'POST', data: { phone } } );

export const fetchTest = ( id: number ): Promise< Outcome > => request( `login/test/${ id }` );

/** The form as a page of its own, as these settings make it. */
export const fetchPreview = ( settings: Change, signal: AbortSignal ): Promise< { phone: string; code: string } > =>
	request( 'login/preview', { method: 'POST', data: { settings }, signal } );

export const fetchBindings = ( query: { search: string; cursor: string; limit: number }, signal?: AbortSignal ): Promise< { items: Binding[]; next: string | null } > =>
	request( 'login/bindings', { query, signal } );

export const removeBinding = ( user: number ): Promise< { deleted: boolean } > => request( `login/bindings/${ user }`, { method: 'DELETE' } );
