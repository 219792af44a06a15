/** The shapes of /wp-json/nxtchat/v1/broadcasts (docs/API.md). Times are UTC ms, 0 = never. */
import type { Problem } from '../core/error';
import type { Bindings } from '../template/types';

export interface TemplateName {
	name: string;
	language: string;
}

export interface AbTest {
	template: TemplateName;
	values: Bindings;
	/** Per cent of the people that get one of the two; 100 = everybody, without a winner. */
	share: number;
	by: 'read' | 'reply';
	after_minutes: number;
}

export interface Definition {
	account: number;
	template: TemplateName;
	/** contact: each in their language where the template has it. */
	languages: 'contact' | 'one';
	values: Bindings;
	ab: AbTest | null;
	audience: { everybody: boolean; groups: number[]; segments: number[]; contacts: number[]; numbers: boolean; not_read: number[] };
	exclude: { groups: number[]; segments: number[]; contacts: number[]; got: number[] };
	schedule: { mode: 'now' | 'at'; at: string; zone: 'site' | 'recipient' };
	quiet: { from: string; to: string; zone: 'site' | 'recipient' } | null;
	cap: { messages: number; days: number } | null;
	/** '' = as the template's category asks. */
	consent: '' | 'granted' | 'not_revoked';
	rate: number;
	unknown: 'leave' | 'again';
}

export interface Counts {
	waiting: number;
	sending: number;
	unknown: number;
	sent: number;
	delivered: number;
	read: number;
	failed: number;
	skipped: number;
	done: number;
	all: number;
}

export type StateName = 'draft' | 'scheduled' | 'freezing' | 'running' | 'paused' | 'done' | 'cancelled' | 'stopped';

export interface Reason {
	code: string;
	message: string;
	remedy: string;
}

export interface Cost {
	currency: string;
	/** null = there is no rate card. */
	amount: number | null;
	/** Messages for which it has no price. */
	unpriced: number;
}

export interface Preflight {
	done: boolean;
	at_ms: number;
	total: number;
	reachable: number;
	/** People by why they would not get it. */
	reasons: Record< string, number >;
	duplicate: number;
	invalid: number;
	languages: string[];
	limit: { tier: string; people: number | null; used: number; room: number | null; free_ms: number };
	category: string;
	rate: number;
	seconds: number;
	/** People whose scheduled time is over: they get it at once. */
	over: number;
	cost: Cost;
}

export interface Summary {
	id: number;
	name: string;
	account_id: number;
	state_name: StateName;
	label: string;
	reason: Reason | null;
	rate: number;
	total: number;
	counts: Counts;
	winner: number;
	user: { id: number; name: string } | null;
	can: Record< 'edit' | 'start' | 'pause' | 'resume' | 'cancel' | 'delete' | 'rate' | 'retry', boolean >;
	scheduled_ms: number;
	next_ms: number;
	frozen_ms: number;
	started_ms: number;
	finished_ms: number;
	created_ms: number;
	updated_ms: number;
	template?: TemplateName;
}

export interface Broadcast extends Summary {
	definition: Definition;
	/** Why a running one does not move, or slowly. until_ms: 0 = not known. */
	hold: ( Reason & { until_ms: number } ) | null;
	numbers: { name: string; lines: number; people: number; invalid: number; duplicate: number; erased: number; unknown: number; heading: string; invalid_lines: [ number, string ][] } | null;
	/** Of those chosen one by one, the first. */
	contacts: { id: number; name: string; phone: string; username: string }[];
	problems: Problem[];
	preflight: Preflight | null;
}

export interface Report {
	progress: Counts;
	funnel: Record< 'audience' | 'sent' | 'delivered' | 'read' | 'replied' | 'clicked' | 'opted_out', number >;
	skipped: { reason: string; text: string; count: number }[];
	errors: { code: number; title: string; message: string; remedy: string; again: boolean; count: number }[];
	countries: { country: string; all: number; sent: number; delivered: number; read: number; failed: number; skipped: number }[];
	hours: { at_ms: number; sent: number; delivered: number; read: number; failed: number }[];
	/** Of the last two hours while it runs, of its first two when it took no longer; else empty. */
	minutes: Report[ 'hours' ];
	cost: Cost & { billed: number; free: number; categories: { category: string; count: number; amount: number | null }[] };
	ab: { by: string; winner: number; sides: { template: TemplateName; sent?: number; delivered?: number; read?: number; replied?: number }[] } | null;
	proof: { ok: boolean; perhaps_twice: number; lines: { what: string; ok: boolean; left: number; right: number }[] };
}

/** One of several beside each other. */
export interface Compared extends Omit< Summary, 'counts' | 'can' | 'template' >, Pick< Report, 'progress' | 'funnel' | 'cost' > {
	/** One, or the two of an A/B test. */
	templates: TemplateName[];
}

export interface Recipient {
	id: number;
	contact: { id: number; name: string; phone: string; username: string };
	state_name: string;
	reason_text: string;
	error_code: number;
	error: string;
	remedy: string;
	country: string;
	sent_ms: number;
	delivered_ms: number;
	read_ms: number;
	failed_ms: number;
	pricing_category: string;
}
