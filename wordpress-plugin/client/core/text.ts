/** Small things about text. */

/** WhatsApp's limit for a text message, characters (Cloud API, text.body). */
export const MAX_TEXT = 4096;

/** Characters as WhatsApp counts them: code points, not UTF-16 units. */
export const countCharacters = ( text: string ): number => {
	const surrogatePairs = text.match( /[\uD800-\uDBFF][\uDC00-\uDFFF]/g )?.length ?? 0;
	return text.length - surrogatePairs;
};

/** The first letters of up to two words, for an avatar. '' when the name has none. */
export function initials( name: string ): string {
	return name
		.split( /\s+/ )
		.flatMap( ( word ) => word.match( /\p{L}/u )?.[ 0 ] ?? [] )
		.filter( ( _, index, all ) => index === 0 || index === all.length - 1 )
		.join( '' )
		.toLocaleUpperCase();
}

/** WhatsApp's markup taken away, for one line: "*bold*" → "bold". Signs inside words stay. */
export const plainText = ( text: string ): string =>
	text
		.replace( /```([\s\S]+?)```|`([^`\n]+)`/g, '$1$2' )
		.replace( /(^|[\s(*_~])([*_~])([^\s*_~](?:[^\n]*?[^\s*_~])?)\2(?=$|[\s.,:;!?)*_~])/g, '$1$3' )
		.replace( /(^|[\s(])([*_~])([^\s*_~](?:[^\n]*?[^\s*_~])?)\2(?=$|[\s.,:;!?)])/g, '$1$3' )
		.replace( /^> ?/gm, '' );

/** 1536 → "1.5 KB". @param bytes 0 = not told → ''. */
export function fileSize( bytes: number, locale: string ): string {
	if ( bytes <= 0 ) {
		return '';
	}
	const unit = Math.min( 3, Math.floor( Math.log( bytes ) / Math.log( 1024 ) ) );
	const number = new Intl.NumberFormat( locale, {
		maximumFractionDigits: unit === 0 ? 0 : 1,
	} ).format( bytes / 1024 ** unit );
	return `${ number } ${ [ 'B', 'KB', 'MB', 'GB' ][ unit ] }`;
}

/** WordPress's locale as the browser's: de_DE_formal → de-DE. */
export const browserLocale = ( locale: string ): string => {
	const [ language = 'en', region ] = locale.split( /[_-]/ );
	const tag = region ? `${ language }-${ region }` : language;
	try {
		return Intl.getCanonicalLocales( tag )[ 0 ] ?? 'en';
	} catch {
		return 'en';
	}
};

/** A list and the texts of an input: split at commas and line breaks, without doubles (case is no difference). */
export function withTexts( values: string[], typed: string ): string[] {
	const known = new Set( values.map( ( value ) => value.toLocaleLowerCase() ) );
	const added = typed
		.split( /[,;\n]/ )
		.map( ( text ) => text.trim().replace( /\s+/g, ' ' ) )
		.filter( ( text ) => {
			const key = text.toLocaleLowerCase();
			const isNew = text !== '' && ! known.has( key );
			known.add( key );
			return isNew;
		} );
	return added.length ? [ ...values, ...added ] : values;
}
