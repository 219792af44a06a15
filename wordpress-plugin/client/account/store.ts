/** The account screen's state and the pure rules that change it. */
import type { ApiError } from '../core/error';
import type { Account, Settings, Webhook } from '../core/types';

/** What is being done to one account at the moment. */
export type Busy = 'test' | 'subscribe' | 'remove' | 'save';

export interface AccountState {
	accounts: Account[];
	isLoaded: boolean;
	error: ApiError | null;
	busy: Record< number, Busy | undefined >;
	errors: Record< number, ApiError | undefined >;
	webhooks: Record< number, Webhook | undefined >;
	settings: Settings | null;
}

export type AccountAction =
	| { type: 'loaded'; accounts: Account[] }
	| { type: 'failed'; error: ApiError }
	| { type: 'account'; account: Account }
	| { type: 'removed'; id: number }
	| { type: 'busy'; id: number; what: Busy }
	| { type: 'done'; id: number; error?: ApiError }
	| { type: 'webhook'; id: number; webhook: Webhook }
	| { type: 'settings'; settings: Settings };

export const initialAccounts: AccountState = {
	accounts: [],
	isLoaded: false,
	error: null,
	busy: {},
	errors: {},
	webhooks: {},
	settings: null,
};

export function reduceAccounts( state: AccountState, action: AccountAction ): AccountState {
	switch ( action.type ) {
		case 'loaded':
			return { ...state, accounts: action.accounts, isLoaded: true, error: null };
		case 'failed':
			return { ...state, error: action.error };
		case 'account': {
			const { account } = action;
			const isKnown = state.accounts.some( ( { id } ) => id === account.id );
			return {
				...state,
				accounts: isKnown
					? state.accounts.map( ( one ) => ( one.id === account.id ? account : one ) )
					: [ ...state.accounts, account ],
			};
		}
		case 'removed':
			return { ...state, accounts: state.accounts.filter( ( { id } ) => id !== action.id ) };
		case 'busy':
			return {
				...state,
				busy: { ...state.busy, [ action.id ]: action.what },
				errors: { ...state.errors, [ action.id ]: undefined },
			};
		case 'done':
			return {
				...state,
				busy: { ...state.busy, [ action.id ]: undefined },
				errors: { ...state.errors, [ action.id ]: action.error },
			};
		case 'webhook':
			return { ...state, webhooks: { ...state.webhooks, [ action.id ]: action.webhook } };
		case 'settings':
			return { ...state, settings: action.settings };
	}
}

/** The worst of the last test: what the card's head says. */
export function verdict( account: Account ): 'ok' | 'warn' | 'fail' | 'untested' {
	const checks = account.checks ?? [];
	if ( ! checks.length ) {
		return 'untested';
	}
	return ( [ 'fail', 'warn' ] as const ).find( ( status ) => checks.some( ( check ) => check.status === status ) ) ?? 'ok';
}
