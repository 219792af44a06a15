/** Its tab of the Contacts screen. */
import type { Route } from '../contact/router';

export function SegmentTab( { route }: { route: Route } ) {
	void route;
	return null;
}
