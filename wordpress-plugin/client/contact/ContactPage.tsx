import type { Route } from './router';

export function ContactPage( { route }: { route: Route } ) {
	void route;
	return null;
}
