import type { Route } from './router';

export function ContactList( { route }: { route: Route } ) {
	void route;
	return null;
}
