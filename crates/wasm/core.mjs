/**
 * The rules in the browser and in Node: what `crates/wasm` exports, as functions of JavaScript values.
 *
 * @typedef {{place: string, rule: string, severity: 'error'|'warning', message: string, remedy: string}} Problem
 */

/** Numbers of the functions, as in crates/wasm/src/lib.rs. */
export const FUNCTIONS = {
	templateCheck: 1,
	templateVariables: 2,
	templateRender: 3,
	templateParameters: 4,
	templatePreview: 5,
	messageCheck: 6,
	markup: 7,
	csvSniff: 8,
	csvPreview: 9,
	csvRows: 10,
};

/**
 * Makes the rules of a compiled or raw module.
 *
 * @param {WebAssembly.Module|BufferSource} source
 */
export async function instantiate( source ) {
	const made = await WebAssembly.instantiate( source, {} );
	const { memory, alloc, free, call } = ( made.instance ?? made ).exports;

	/** JSON in UTF-8 to JSON in UTF-8. @param {number} id @param {Uint8Array} input @return {Uint8Array} */
	function answer( id, input ) {
		const at = alloc( input.length ) >>> 0;
		if ( at === 0 && input.length > 0 ) {
			throw new RangeError( 'no memory for the input' );
		}
		// A view of the memory is void once the memory has grown, so it is made anew each time.
		new Uint8Array( memory.buffer ).set( input, at );
		const packed = BigInt.asUintN( 64, call( id, at, input.length ) );
		const start = Number( packed >> 32n );
		const length = Number( packed & 0xffffffffn );
		const output = new Uint8Array( memory.buffer, start, length ).slice();
		free( start, length );
		return output;
	}

	const encoder = new TextEncoder();
	const decoder = new TextDecoder();

	/** Bytes out to a value; throws what the rules refuse. @param {Uint8Array} output */
	function value( output ) {
		const read = JSON.parse( decoder.decode( output ) );
		if ( read && typeof read.error === 'string' ) {
			throw new Error( read.error );
		}
		return read;
	}

	/** A value in, a value out. @param {number} id @param {unknown} input */
	const ask = ( id, input ) => value( answer( id, encoder.encode( JSON.stringify( input ) ) ) );

	/** A file in, a value out. @param {number} id @param {Uint8Array} file @param {object} options */
	function read( id, file, options ) {
		const head = encoder.encode( JSON.stringify( options ) + '\n' );
		const input = new Uint8Array( head.length + file.length );
		input.set( head );
		input.set( file, head.length );
		return value( answer( id, input ) );
	}

	return {
		answer,
		/** Bytes of memory that the rules hold now; it never shrinks. */
		memoryBytes: () => memory.buffer.byteLength,
		/** What is wrong with a template. @return {Problem[]} */
		templateCheck: ( template ) => ask( FUNCTIONS.templateCheck, template ),
		/** What a template needs when it is sent. */
		templateVariables: ( template ) => ask( FUNCTIONS.templateVariables, template ),
		/** What a customer sees. */
		templateRender: ( template, values = {} ) => ask( FUNCTIONS.templateRender, { template, values } ),
		/** `{components}` of a send request, or `{problems}`. */
		templateParameters: ( template, values = {} ) => ask( FUNCTIONS.templateParameters, { template, values } ),
		/** `{problems, variables, rendered}` at once; without values the examples stand for them. */
		templatePreview: ( template, values = null ) => ask( FUNCTIONS.templatePreview, { template, values } ),
		/** What is wrong with a message. */
		messageCheck: ( message ) => ask( FUNCTIONS.messageCheck, message ),
		/** `{html, plain}` of a text with WhatsApp's markup. */
		markup: ( text ) => ask( FUNCTIONS.markup, text ),
		/**
		 * What a CSV file is, by its first bytes (256 KB are looked at): as Native\csv_sniff().
		 * Pass `complete: true` when the bytes are the whole file.
		 */
		csvSniff: ( bytes, options = {} ) => read( FUNCTIONS.csvSniff, bytes, options ),
		/**
		 * What its first rows would become, with the options of Native\ContactReader: `[{line, code, reason, column, value,
		 * values: [[to, text]]}]`, code '' when nothing is wrong. National numbers stay as they are: only the server judges them.
		 */
		csvPreview: ( bytes, options ) => read( FUNCTIONS.csvPreview, bytes, options ),
		/** All its rows, `{encoding, delimiter, quote, cuts}`: for tests. */
		csvRows: ( bytes, options ) => read( FUNCTIONS.csvRows, bytes, options ),
	};
}
