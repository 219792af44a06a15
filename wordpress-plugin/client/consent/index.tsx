/** Its tab of the Contacts screen. */
import type { Route } from '../contact/router';

export function ConsentTab( { route }: { route: Route } ) {
	void route;
	return null;
}
