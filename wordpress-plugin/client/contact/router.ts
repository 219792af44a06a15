/** The place on the Contacts screen as it changes; what an address means is in ./route. */
import { createHashRouter } from '../core/hash-router';
import { parseRoute } from './route';

export * from './route';

export const { go, current: currentRoute, useRoute } = createHashRouter( parseRoute );
