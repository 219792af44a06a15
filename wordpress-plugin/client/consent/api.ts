/** The REST routes of the consent settings. */
import { request } from '../core/api';

/** Words by language (ISO 639). */
export type Words = Record< string, string[] >;

export interface ConsentTexts {
	stop_words: Words;
	start_words: Words;
	/** Labels of quick-reply buttons. */
	button_stop: string[];
	button_start: string[];
	/** '' = `defaults`, in the language of the reader where we have it. */
	stop_reply: string;
	start_reply: string;
	/** '' = `defaults`. */
	wording: string;
}

export interface ConsentSettings extends ConsentTexts {
	/** STOP and START are answered. */
	reply: boolean;
	registration: boolean;
	comments: boolean;
	checkout: boolean;
	/** The IP address is kept as evidence. */
	form_ip: boolean;
	defaults: ConsentTexts;
}

export type ConsentChange = Partial< { [ key in keyof Omit< ConsentSettings, 'defaults' > ]: ConsentSettings[ key ] | null } >;

export const fetchConsent = (): Promise< ConsentSettings > => request( 'consent/settings' );

export const saveConsent = ( data: ConsentChange ): Promise< ConsentSettings > => request( 'consent/settings', { method: 'PATCH', data } );
