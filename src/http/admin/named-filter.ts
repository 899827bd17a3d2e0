import type { NamedFilter } from '../../access/named-list.js';
import type { Query } from './query.js';

/** `?search=` and `?siteId=` of the lists of sites, doors, schedules and controllers. */
export function namedFilter(query: Query): NamedFilter {
  const [text, siteId] = [query.text('search'), query.text('siteId')];
  return { ...(text === undefined ? {} : { text }), ...(siteId === undefined ? {} : { siteId }) };
}
