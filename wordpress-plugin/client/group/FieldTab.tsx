import type { Route } from '../contact/router';

export function FieldTab( { route }: { route: Route } ) {
	void route;
	return null;
}
