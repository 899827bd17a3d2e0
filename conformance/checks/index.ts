import type { Check } from '../check.js';
import { AUTH } from './auth.js';
import { BULK } from './bulk.js';
import { CREATE } from './create.js';
import { CURSOR } from './cursor.js';
import { DELETE } from './delete.js';
import { DISCOVERY } from './discovery.js';
import { ENTERPRISE_USER } from './enterprise.js';
import { ERRORS } from './errors.js';
import { FILTER } from './filter.js';
import { GROUPS } from './groups.js';
import { ME } from './me.js';
import { MEDIA_TYPES } from './media-types.js';
import { NESTED } from './nested.js';
import { PAGING } from './paging.js';
import { PATCH } from './patch.js';
import { PATCH_REFUSALS } from './patch-refusals.js';
import { PROJECTION } from './projection.js';
import { READ } from './read.js';
import { REPLACE } from './replace.js';
import { SEARCH } from './search.js';
import { SORT } from './sort.js';
import { TRUTH } from './truth.js';
import { VERSIONS } from './versions.js';

/** Every check, in the order in which they run. */
export const CHECKS: readonly Check[] = [
  ...DISCOVERY,
  ...AUTH,
  ...ERRORS,
  ...MEDIA_TYPES,
  ...CREATE,
  ...READ,
  ...REPLACE,
  ...PATCH,
  ...PATCH_REFUSALS,
  ...DELETE,
  ...FILTER,
  ...SORT,
  ...PAGING,
  ...CURSOR,
  ...PROJECTION,
  ...SEARCH,
  ...BULK,
  ...VERSIONS,
  ...GROUPS,
  ...NESTED,
  ...ENTERPRISE_USER,
  ...ME,
  ...TRUTH,
];
