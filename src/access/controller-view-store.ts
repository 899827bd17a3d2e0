import type { Reader } from '../db/database.js';
import { statement } from '../db/statement.js';
import type { Page, PageRequest } from '../domain/page.js';
import type { Instant } from '../domain/time.js';
import { type NamedFilter, namedPage } from './named-list.js';

/** The device that moves locks, with what it last said of itself; null: nothing yet. Never its token. */
export interface Controller {
  readonly id: string;
  readonly name: string;
  /** In the order of ids. */
  readonly doorIds: readonly string[];
  readonly online: boolean | null;
  readonly mainsPresent: boolean | null;
  readonly batteryPresent: boolean | null;
  readonly batteryPercent: number | null;
  readonly statusAt: Instant | null;
  readonly lastSeenAt: Instant | null;
  readonly createdAt: Instant;
  readonly updatedAt: Instant;
}

interface Row {
  readonly seq: number;
  readonly id: string;
  readonly name: string;
  readonly online: number | null;
  readonly mains_present: number | null;
  readonly battery_present: number | null;
  readonly battery_percent: number | null;
  readonly status_at: string | null;
  readonly last_seen_at: string | null;
  readonly created_at: string;
  readonly updated_at: string;
  /** Joined by a comma, in any order; null: none. */
  readonly door_ids: string | null;
}

const SELECT = `select seq, id, name, online, mains_present, battery_present, battery_percent, status_at, last_seen_at, created_at, updated_at,
  (select string_agg(door_id, ',') from controller_doors where controller_id = controllers.id) as door_ids from controllers`;

const byId = statement<{ id: string }, Row>('controllers.get', (sql, p) => sql.raw(`${SELECT} where id = ?`, [p.id]));

const byHash = statement<{ token_hash: string }, Row>('controllers.by-hash', (sql, p) =>
  sql.raw(`${SELECT} where token_hash = ?`, [p.token_hash]),
);

const controllersAfter = statement<{ after: number; limit: number }, Row>('controllers.list', (sql, p) =>
  sql.raw(`${SELECT} where seq > cast(? as bigint) order by seq limit cast(? as bigint)`, [p.after, p.limit]),
);

const controllersOfSite = statement<{ site_id: string; after: number; limit: number }, Row>('controllers.list-of-site', (sql, p) =>
  sql.raw(
    `${SELECT} where id in (select controller_id from controller_doors join doors on doors.id = door_id where site_id = ?)
     and seq > cast(? as bigint) order by seq limit cast(? as bigint)`,
    [p.site_id, p.after, p.limit],
  ),
);

export const lockController = statement<{ id: string }, { id: string }>('controllers.lock', (sql, p) =>
  sql('controllers').where('id', p.id).forNoKeyUpdate().select('id'),
);

/** Alone, with what refers to it: nobody writes down meanwhile what goes along with it. */
export const lockControllerToDelete = statement<{ id: string }, { id: string }>('controllers.lock-to-delete', (sql, p) =>
  sql('controllers').where('id', p.id).forUpdate().select('id'),
);

export const controllersOfDoor = statement<{ door_id: string }, { id: string }>('controllers.of-door', (sql, p) =>
  sql('controller_doors').where('door_id', p.door_id).orderBy('controller_id').select('controller_id as id'),
);

export async function readController(reader: Reader, id: string): Promise<Controller | null> {
  const row = await reader.first(byId, { id });
  return row === undefined ? null : controllerOf(row);
}

export async function controllerByHash(reader: Reader, hash: string): Promise<Controller | null> {
  const row = await reader.first(byHash, { token_hash: hash });
  return row === undefined ? null : controllerOf(row);
}

export function controllersPage(reader: Reader, { text, siteId }: NamedFilter, page: PageRequest): Promise<Page<Controller>> {
  const rowsAfter = (from: Reader, after: number, limit: number) =>
    siteId === undefined ? from.all(controllersAfter, { after, limit }) : from.all(controllersOfSite, { site_id: siteId, after, limit });
  return namedPage(reader, { text, page }, rowsAfter, controllerOf);
}

function controllerOf(row: Row): Controller {
  return {
    id: row.id,
    name: row.name,
    doorIds: row.door_ids === null ? [] : row.door_ids.split(',').sort(),
    online: flag(row.online),
    mainsPresent: flag(row.mains_present),
    batteryPresent: flag(row.battery_present),
    batteryPercent: row.battery_percent,
    statusAt: row.status_at,
    lastSeenAt: row.last_seen_at,
    createdAt: row.created_at,
    updatedAt: row.updated_at,
  };
}

function flag(value: number | null): boolean | null {
  return value === null ? null : value === 1;
}
