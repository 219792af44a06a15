/** What crates/wasm/core.mjs offers, as far as the screens use it. */
declare module '*/core.mjs' {
	export interface CsvProblem {
		code: string;
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

	export interface Rules {
		csvSniff( head: Uint8Array, options?: object ): CsvSniff;
		csvPreview( head: Uint8Array, options: object ): unknown;
	}

	export function instantiate( source: ArrayBuffer | Uint8Array ): Promise< Rules >;
}
