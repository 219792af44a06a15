/** What crates/wasm/core.mjs offers, as far as the screens use it. */
declare module '*/core.mjs' {
	export interface CsvProblem {
		code: string;
		/** error: nothing can be imported from the file as it is */
		severity: 'error' | 'warning';
		/** 1 = the first line of the file; 0 = the file as a whole */
		line: number;
		/** 1 = the first column; 0 = the whole line */
		column: number;
		message: string;
		remedy: string;
	}

	export interface CsvColumn {
		/** As in the first line; without a header "Column 1" is up to the screen. */
		name: string;
		guess: string | null;
		samples: string[];
	}

	export interface CsvSniff {
		encoding: string;
		/** Length of the byte order mark. */
		bom: number;
		delimiter: string;
		quote: string;
		header: boolean;
		columns: CsvColumn[];
		rows: string[][];
		problems: CsvProblem[];
	}

	/** A row as it would be imported, as far as that can be told without the numbers' plans of all countries. */
	export interface CsvPreview {
		line: number;
		/** What is wrong with it, '' when nothing is. */
		code: string;
		reason: string;
		/** From 1: where it is wrong. */
		column: number;
		value: string;
		/** Target and text. */
		values: [ string, string ][];
	}

	export interface TemplateProblem {
		/** JSON path: components[2].buttons[0].url; '' = the template as a whole */
		place: string;
		rule: string;
		severity: 'error' | 'warning';
		message: string;
		remedy: string;
	}

	export interface TemplateVariable {
		/** 'body.1' */
		key: string;
		/** Where it stands, JSON path. */
		place: string;
		/** As between the braces; '' for what has no name. */
		name: string;
		kind: string;
		required: boolean;
		example: string;
	}

	export interface RenderedHeader {
		/** text, image, video, gif, document, location, product, or what Meta calls it */
		kind: string;
		text: string;
		/** {id}, {link}, a place, a product; null without one */
		media: Record< string, unknown > | null;
	}

	export interface RenderedBody {
		text: string;
		/** Safe HTML. */
		html: string;
		plain: string;
	}

	export interface RenderedButton {
		/** Type in small letters. */
		kind: string;
		text: string;
		url: string;
		phone: string;
		code: string;
	}

	/** A template as a customer sees it. */
	export interface Rendered {
		header: RenderedHeader | null;
		body: RenderedBody;
		footer: string;
		offer: { text: string; expires_ms: number | null } | null;
		buttons: RenderedButton[];
		cards: { header: RenderedHeader | null; body: RenderedBody | null; buttons: RenderedButton[] }[];
		/** Types of parts that are not known here. */
		unknown: string[];
		/** WhatsApp writes the text, shown here in English. */
		preset: boolean;
		/** Keys of values that are needed and not given. */
		missing: string[];
	}

	export interface TemplatePreview {
		problems: TemplateProblem[];
		variables: TemplateVariable[];
		/** null when the template is no object */
		rendered: Rendered | null;
	}

	/** core.wasm has what begins with template, csv.wasm the rest. */
	export interface Rules {
		/** Without values the examples stand for them. */
		templatePreview( template: unknown, values?: Record< string, unknown > | null ): TemplatePreview;
		csvSniff( head: Uint8Array, options?: object ): CsvSniff;
		csvPreview( head: Uint8Array, options: object ): CsvPreview[];
	}

	export function instantiate( source: ArrayBuffer | Uint8Array ): Promise< Rules >;
}
