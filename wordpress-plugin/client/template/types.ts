/** The shapes of /wp-json/nxtchat/v1/templates (docs/API.md). Times are UTC ms, 0 = never. */

/** Meta's own JSON; kinds that we do not know are kept as they are. */
export type Component = Record< string, unknown > & { type: string };

/** The body that creates a template. */
export interface TemplateBody {
	name: string;
	/** 'en_US' */
	language: string;
	/** MARKETING, UTILITY, AUTHENTICATION */
	category: string;
	/** POSITIONAL, NAMED; '' = not told */
	parameter_format?: string;
	components: Component[];
	message_send_ttl_seconds?: number;
}

/** Where the value of a variable comes from when it is sent. */
export interface Binding {
	/** 'contact.first_name', 'field.city', 'order.number', 'text' … (GET templates/sources) */
	source: string;
	/** Of the source 'text'. */
	value?: string;
	/** In place of an empty value. */
	fallback?: string;
}
/** By the variable's key: 'body.1'. */
export type Bindings = Record< string, Binding >;

/** Values of variables by key: mostly text, media is an object. */
export type Values = Record< string, unknown >;

export interface Problem {
	/** JSON path: components[2].buttons[0].url */
	place: string;
	rule: string;
	severity: 'error' | 'warning';
	message: string;
	remedy: string;
}

export interface Variable {
	key: string;
	place: string;
	name: string;
	/** For people, as in "Text 1". */
	label?: string;
	kind: string;
	required: boolean;
	example: unknown;
}

export interface Template {
	id: number;
	account_id: number;
	/** '' = never handed in */
	meta_id: string;
	name: string;
	language: string;
	/** Meta's word, or DRAFT */
	status: string;
	category: string;
	previous_category: string;
	correct_category: string;
	/** GREEN, YELLOW, RED, UNKNOWN */
	quality: string;
	rejected_reason: string;
	/** The reason in plain words, with the remedy. */
	reason_text: string;
	parameter_format: string;
	/** What WhatsApp has; [] when it was never handed in. */
	components: Component[];
	/** Changes that are not handed in yet. */
	draft: TemplateBody | null;
	bindings: Bindings;
	/** Seconds within which a message must be delivered; 0 = WhatsApp's own. */
	ttl_s: number;
	edits: { left_30d: number; next_at_ms: number };
	last_used_ms: number;
	sent: number;
	delivered: number;
	read: number;
	counted_ms: number;
	synced_ms: number;
	/** Of a paused one: when WhatsApp delivers it again; 0 or missing = not told. */
	paused_until_ms?: number;
	/** WhatsApp has it no more; kept because messages point at it. */
	gone: boolean;
	can: { edit: boolean; delete: boolean; unpause: boolean; send: boolean; submit: boolean };
	created_ms: number;
	updated_ms: number;
}

export interface TemplatePage {
	items: Template[];
	next: string | null;
	/** With the first page: how many of each status there are at all. */
	counts?: Record< string, number >;
}

export interface TemplateLogItem {
	kind: 'status' | 'category' | 'quality' | 'components' | 'created' | 'edited' | 'deleted' | 'unpaused';
	before: string;
	after: string;
	reason: string;
	source: 'webhook' | 'sync' | 'staff';
	user: { id: number; name: string } | null;
	at_ms: number;
}

/** What needs the template. */
export interface Use {
	label: string;
	url: string;
	critical?: boolean;
}

export interface TemplateDetail extends Template {
	log: TemplateLogItem[];
	/** The same name in all its languages. */
	languages: { id: number; language: string; status: string }[];
	uses: Use[];
	variables: Variable[];
	problems: Problem[];
	/** What an editor begins with: unsent changes, else WhatsApp's text in the form in which it is handed in. */
	editable?: TemplateBody;
}

/** A ready-made template to begin with. */
export interface Starter {
	key: string;
	title: string;
	description: string;
	template: TemplateBody;
	bindings: Bindings;
}

export interface Missing {
	key: string;
	label: string;
	reason?: string;
}
