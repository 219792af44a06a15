/** The place on the Broadcasts screen as it changes; what an address means is in ./route. */
import { createHashRouter } from '../core/hash-router';
import { parseRoute } from './route';

export * from './route';

export const { go, useRoute } = createHashRouter( parseRoute );
