/** The tab of the Login screen as it changes; what an address means is in ./settings. */
import { createHashRouter } from '../core/hash-router';
import { parseTab } from './settings';

export const { go, useRoute } = createHashRouter( parseTab );
