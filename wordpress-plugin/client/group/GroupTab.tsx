import type { Route } from '../contact/router';

export function GroupTab( { route }: { route: Route } ) {
	void route;
	return null;
}
