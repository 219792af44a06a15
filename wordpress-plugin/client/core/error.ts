/** What can go wrong with a request, in words that a person can act on. */
import { __ } from '@wordpress/i18n';

export interface Problem {
	path: string;
	message: string;
	remedy?: string;
}

/** `network`: no answer, the outcome is not known. `refused`: 4xx, the server said why. `server`: 5xx. */
export type ApiErrorKind = 'network' | 'refused' | 'server';

export class ApiError extends Error {
	constructor(
		readonly kind: ApiErrorKind,
		readonly code: string,
		message: string,
		readonly remedy = '',
		readonly problems: Problem[] = [],
		/** What else the server told with it. */
		readonly data: Record< string, unknown > = {}
	) {
		super( message );
		this.name = 'ApiError';
	}
}

export const isAbort = ( reason: unknown ): boolean =>
	reason instanceof Error && reason.name === 'AbortError';

/** Reads what api-fetch threw: WordPress's {code, message, data}, or no answer at all. */
export function toApiError( reason: unknown ): ApiError {
	const wp = ( typeof reason === 'object' && reason !== null ? reason : {} ) as {
		code?: unknown;
		message?: unknown;
		data?: { status?: unknown; remedy?: unknown; problems?: unknown } | null;
	};
	const code = typeof wp.code === 'string' ? wp.code : '';
	const status = typeof wp.data?.status === 'number' ? wp.data.status : 0;
	if ( code === 'invalid_json' ) {
		return new ApiError(
			'server',
			code,
			__( 'The site answered with an error page.', 'nxt-cloud-chat' ),
			__( 'Try again; if it stays, look into the PHP error log of the site.', 'nxt-cloud-chat' )
		);
	}
	if ( code === 'rest_cookie_invalid_nonce' || code === 'rest_not_logged_in' ) {
		return new ApiError(
			'refused',
			code,
			__( 'You are no longer logged in.', 'nxt-cloud-chat' ),
			__( 'Log in again in another tab, then try again here.', 'nxt-cloud-chat' )
		);
	}
	if ( status === 0 ) {
		return new ApiError(
			'network',
			code || 'network',
			__( 'The site does not answer.', 'nxt-cloud-chat' ),
			__( 'Check your internet connection.', 'nxt-cloud-chat' )
		);
	}
	return new ApiError(
		status >= 500 ? 'server' : 'refused',
		code,
		typeof wp.message === 'string' && wp.message !== ''
			? wp.message
			: __( 'Something went wrong.', 'nxt-cloud-chat' ),
		typeof wp.data?.remedy === 'string' ? wp.data.remedy : '',
		toProblems( wp.data?.problems ),
		{ ...wp.data }
	);
}

function toProblems( problems: unknown ): Problem[] {
	if ( ! Array.isArray( problems ) ) {
		return [];
	}
	return problems.flatMap( ( problem ) =>
		typeof problem?.message === 'string'
			? [
					{
						path: String( problem.path ?? '' ),
						message: problem.message,
						...( typeof problem.remedy === 'string' ? { remedy: problem.remedy } : {} ),
					},
			  ]
			: []
	);
}
