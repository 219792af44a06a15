/**
 * The shapes of /wp-json/nxtchat/v1 (docs/API.md) and of window.nxtchat. Times are UTC ms, 0 = never.
 */
import type { Consent, ContactLog, Direction, FieldType, MessageType, Origin, State } from './enums';

export interface Boot {
	screen: 'inbox' | 'contact' | 'template' | 'broadcast' | 'history' | 'login' | 'account';
	caps: { manage: boolean; view: boolean; reply: boolean; contacts: boolean; broadcast: boolean };
	live: LiveAccess | null;
	accounts: AccountSummary[];
	links: { inbox: string; contact: string; template: string; broadcast: string; history: string; login: string; account: string };
	locale: string;
	/** A person said that this site is a copy. */
	is_copy: boolean;
	now_ms: number;
	timezone: string;
	user: { id: number; name: string };
	/** On the broadcasts screen only: address of the CSV export, with its nonce. */
	broadcast?: { export: string };
	/** On the contacts screen only. */
	contact?: {
		/** Keys of columns that this person hid. */
		hidden: string[];
		per_page: number;
		/** Address of the CSV export, with its nonce; filters are added to it. */
		export: string;
	};
}

/** What the change counter needs: live.php answers `value` for as long as the token lives. */
export interface LiveAccess {
	url: string;
	token: string;
	expires_ms: number;
	value: number;
}

export interface AccountSummary {
	id: number;
	name: string;
	display_phone: string;
	/** 1 active, 2 off */
	state: number;
	is_clone: boolean;
}

export interface Check {
	check: string;
	status: 'ok' | 'warn' | 'fail';
	label: string;
	detail: string;
	remedy: string;
}

export interface Account extends AccountSummary {
	readonly app_id: string;
	readonly waba_id: string;
	readonly phone_number_id: string;
	readonly verified_name: string;
	readonly graph_base: string;
	readonly graph_version: string;
	readonly default_country: string;
	readonly quality: string;
	readonly throughput: string;
	readonly messaging_limit: string;
	readonly number_status: string;
	readonly checks: Check[] | null;
	readonly checked_ms: number;
	readonly last_event_ms: number;
	readonly has_token: boolean;
	readonly has_app_secret: boolean;
}

export interface Webhook {
	callback_url: string;
	rest_callback_url: string;
	verify_token: string;
}

export interface Settings {
	/** full: on disk before Meta gets its 200. normal: a power cut may lose the last moments. */
	durability: 'full' | 'normal';
	/** Days that raw events are kept. */
	events_days: number;
	/** Megabytes that may wait on this machine before Meta is asked to try later. */
	spool_mb: number;
	delete_data: boolean;
}

export interface Contact {
	id: number;
	name: string;
	phone: string;
	username: string;
}

export interface Conversation {
	id: number;
	account_id: number;
	contact: Contact;
	unread: number;
	last_ms: number;
	/** The 24-hour window is open until then; 0 = never was. */
	window_until_ms: number;
	last: { id: number; direction: Direction; type: MessageType; state: State; text: string } | null;
}

export interface MessageError {
	code: number;
	title: string;
	message: string;
	remedy: string;
	retry: boolean;
}

export interface Media {
	name: string;
	mime: string;
	/** bytes, 0 = not told */
	size: number;
	kind: string;
}

export interface Message {
	id: number;
	conversation_id: number;
	account_id: number;
	direction: Direction;
	type: MessageType;
	type_name: string;
	state: State;
	state_name: string;
	/** null on what customers wrote */
	ref: string | null;
	/** null until WhatsApp took it */
	wamid: string | null;
	text: string;
	/** Safe HTML made by the server from WhatsApp markup. */
	html: string;
	/** The customer changed it; `text` is the newest. */
	edited: boolean;
	/** The customer deleted it; nothing of it is told. */
	revoked: boolean;
	reply_to: string;
	quote: { id: number; text: string; direction: Direction } | null;
	media: Media | null;
	reactions: { emoji: string; from_me: boolean }[];
	error: MessageError | null;
	at_ms: number;
	sent_ms: number;
	delivered_ms: number;
	read_ms: number;
	played_ms: number;
	failed_ms: number;
	origin: Origin;
	author: { id: number; name: string } | null;
}

export interface HistoryMessage extends Message {
	contact: Contact | null;
}

export interface MessageDetail extends HistoryMessage {
	payload: unknown;
	created_ms: number;
	updated_ms: number;
}

export interface Page< T > {
	items: T[];
	/** Cursor of the following page, null at the end. */
	next: string | null;
}

export interface ConversationPage extends Page< Conversation > {
	unread_total: number;
	live: number;
}

/** A number that may be an estimate, as with a million rows. */
export interface Count {
	value: number;
	exact: boolean;
}

/** A page of a list that can be walked both ways. */
export interface CountedPage< T > extends Page< T > {
	prev: string | null;
	count: Count;
}

export interface ContactItem {
	id: number;
	uid: string;
	name: string;
	/** E.164, '' when only a user id is known */
	phone: string;
	phone_display: string;
	/** without @ */
	username: string;
	email: string;
	/** 'DE' */
	country: string;
	/** 'de', 'pt_BR' */
	language: string;
	source: string;
	marketing: Consent;
	utility: Consent;
	login: Consent;
	last_in_ms: number;
	created_ms: number;
	updated_ms: number;
	groups: { id: number; name: string }[];
	/** By the field's name: canonical text ('2026-01-31', '12.5', '1', the choice). */
	fields: Record< string, string >;
	wp_user_id: number;
	conversation_id: number | null;
}

export interface Identity {
	/** 1 phone, 2 BSUID, 3 username, 4 parent BSUID */
	kind: number;
	value: string;
	display: string;
	seen_ms: number;
}

export interface ContactFull extends ContactItem {
	/** What staff wrote; '' = the profile's name is shown. */
	own_name: string;
	profile_name: string;
	identities: Identity[];
	user: { id: number; name: string; edit_url: string } | null;
	import_id: number;
}

export interface Group {
	id: number;
	name: string;
	description: string;
	members: Count;
	created_ms: number;
	updated_ms: number;
}

export interface Field {
	id: number;
	/** as in templates and files: [a-z][a-z0-9_]* */
	name: string;
	label: string;
	type: FieldType;
	type_name: string;
	choices: string[];
	position: number;
	/** People who have a value. */
	used?: number;
}

export interface Segment {
	id: number;
	name: string;
	description: string;
	conditions: unknown;
	members: Count;
	counted_ms: number;
}

export interface LogItem {
	id: number;
	kind: ContactLog;
	at_ms: number;
	user: { id: number; name: string } | null;
	text: string;
	data: Record< string, unknown > | null;
}

export interface ConsentEntry {
	id: number;
	purpose: 'marketing' | 'utility' | 'login';
	state: 'granted' | 'revoked';
	/** The person themself said so. */
	by_person: boolean;
	source: string;
	wording: string;
	detail: string;
	user: { id: number; name: string } | null;
	ip: string;
	at_ms: number;
	/** When it was taken back with the import that brought it, 0 = it counts. */
	void_ms: number;
}
