/** Icons of WhatsApp's buttons, in the current text colour. All are decoration: labels stand beside. */
import { createElement } from '@wordpress/element';

const paths = {
	reply: 'M10 6.5v3c6 .4 9.5 3.6 10 9-2-3-5-4.6-10-4.7v3L3.5 11.7 10 6.5Z',
	url: 'M13 4.5h6.5V11H18V7l-7.5 7.5-1-1L17 6h-4V4.5ZM5.5 6H10v1.5H6v10.5h10.5v-4H18V18a1.5 1.5 0 0 1-1.5 1.5h-11A1.5 1.5 0 0 1 4 18V7.5A1.5 1.5 0 0 1 5.5 6Z',
	call: 'M7.2 4.5 9.6 4l1.6 4-1.9 1.5a11 11 0 0 0 5.2 5.2l1.5-1.9 4 1.6-.5 2.4c-.3 1.4-1.4 2.2-2.8 2.2C11.300 18.600 5.400 12.700 5 7.300c0-1.400.8-2.500 2.200-2.800Z',
	copy: 'M8 4h10.5A1.5 1.5 0 0 1 20 5.5V16h-1.5V5.5H8V4ZM5.5 7h9A1.5 1.5 0 0 1 16 8.5v10a1.5 1.5 0 0 1-1.5 1.5h-9A1.5 1.5 0 0 1 4 18.5v-10A1.5 1.5 0 0 1 5.5 7Zm0 1.5v10h9v-10h-9Z',
	form: 'M5 4h14v16H5V4Zm1.500 1.500v13h11v-13h-11Zm2 2.500h7v1.500h-7V8Zm0 3.300h7v1.500h-7v-1.500Zm0 3.300h4.500v1.500H8.500v-1.500Z',
	bag: 'M8.500 8V7a3.500 3.500 0 0 1 7 0v1h3l.9 11.500H4.600L5.500 8h3Zm1.500 0h4V7a2 2 0 0 0-4 0v1ZM6.900 9.500l-.7 8.500h11.600l-.7-8.500H6.900Z',
	person: 'M12 4.500a3.800 3.800 0 1 0 0 7.600 3.800 3.800 0 0 0 0-7.600ZM4.500 19.500c0-3.500 3.300-5.500 7.500-5.500s7.500 2 7.500 5.500h-15Z',
	gift: 'M4.500 8H8a2.700 2.700 0 0 1 4-3.500A2.700 2.700 0 0 1 16 8h3.500v4H18v7.500H6V12H4.500V8Zm3 4v6h3.800v-6H7.500Zm5.300 0v6h3.700v-6h-3.700ZM6 9.500v1h5.300v-1H6Zm6.800 0v1H18v-1h-5.200Z',
	list: 'M4 6h2v2H4V6Zm4 .2h12v1.600H8V6.200ZM4 11h2v2H4v-2Zm4 .2h12v1.600H8v-1.600ZM4 16h2v2H4v-2Zm4 .2h12v1.600H8v-1.600Z',
} as const;

export type GlyphName = keyof typeof paths;

const ofButton: Record< string, GlyphName > = {
	quick_reply: 'reply',
	url: 'url',
	phone_number: 'call',
	voice_call: 'call',
	copy_code: 'copy',
	otp: 'copy',
	flow: 'form',
	catalog: 'bag',
	mpm: 'list',
	spm: 'bag',
	order_details: 'bag',
	request_contact_info: 'person',
};

/** Of a button's type in small letters. */
export const buttonGlyph = ( kind: string ): GlyphName => ofButton[ kind ] ?? 'form';

export const Glyph = ( { name, size = 18 }: { name: GlyphName; size?: number } ) => (
	<svg className="nxtchat-icon" viewBox="0 0 24 24" width={ size } height={ size } aria-hidden="true" focusable="false">
		<path d={ paths[ name ] } fill="currentColor" />
	</svg>
);
