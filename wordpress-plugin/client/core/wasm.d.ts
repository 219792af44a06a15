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

	export interface Rules {
		csvSniff( head: Uint8Array, options?: object ): CsvSniff;
		csvPreview( head: Uint8Array, options: object ): CsvPreview[];
	}

	export function instantiate( source: ArrayBuffer | Uint8Array ): Promise< Rules >;
}
