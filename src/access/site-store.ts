import type { Reader, Tx } from '../db/database.js';
import { newId } from '../db/ids.js';
import { statement } from '../db/statement.js';
import type { ChangeContext, EventVerb } from '../domain/events.js';
import { zoneName } from '../domain/local-moment.js';
import type { Page, PageRequest } from '../domain/page.js';
import type { Instant } from '../domain/time.js';
import { Conflict, InvalidInput, NotFound } from '../errors.js';
import { append } from '../events/append.js';
import { valueChanges } from './changes.js';
import { type NamedFilter, namedPage } from './named-list.js';
import { deletePermissionsOf } from './permission-store.js';

export interface Site {
  readonly id: string;
  readonly name: string;
  /** As IANA writes it. */
  readonly timeZone: string;
  readonly createdAt: Instant;
  readonly updatedAt: Instant;
}

interface Row {
  readonly seq: number;
  readonly id: string;
  readonly name: string;
  readonly time_zone: string;
  readonly created_at: string;
  readonly updated_at: string;
}

const COLUMNS = ['seq', 'id', 'name', 'time_zone', 'created_at', 'updated_at'];

const siteById = statement<{ id: string }, Row>('sites.get', (sql, p) => sql('sites').where('id', p.id).select(COLUMNS));

const lockSite = statement<{ id: string }, Row>('sites.lock', (sql, p) => sql('sites').where('id', p.id).forUpdate().select(COLUMNS));

const sitesAfter = statement<{ after: number; limit: number }, Row>('sites.list', (sql, p) =>
  sql.raw(`select ${COLUMNS.join(', ')} from sites where seq > cast(? as bigint) order by seq limit cast(? as bigint)`, [p.after, p.limit]),
);

const insertSite = statement<{ id: string; name: string; time_zone: string; now: string }>('sites.insert', (sql, p) =>
  sql('sites').insert({ id: p.id, name: p.name, time_zone: p.time_zone, created_at: p.now, updated_at: p.now }),
);

const updateSite = statement<{ id: string; name: string; time_zone: string; now: string }>('sites.update', (sql, p) =>
  sql('sites').where('id', p.id).update({ name: p.name, time_zone: p.time_zone, updated_at: p.now }),
);

const deleteRow = statement<{ id: string }>('sites.delete', (sql, p) => sql('sites').where('id', p.id).delete());

const usersOfSite = statement<{ id: string }, { doors: number; schedules: number }>('sites.in-use', (sql, p) =>
  sql.raw(
    `select (select count(*) from doors where site_id = ?) as doors, (select count(*) from schedules where site_id = ?) as schedules`,
    [p.id, p.id],
  ),
);

/** Returns the id. Errors: `InvalidInput` for a zone that does not exist. */
export async function createSite(
  tx: Tx,
  context: ChangeContext,
  { name, timeZone }: { readonly name: string; readonly timeZone: string },
): Promise<string> {
  const id = newId('site');
  const zone = checkedZone(timeZone);
  await tx.run(insertSite, { id, name, time_zone: zone, now: context.now });
  await tell(tx, context, 'create', { id, name }, { timeZone: zone });
  return id;
}

/** A new zone counts from the next decision on. Nothing differs: no write, no event. Errors: `NotFound`, `InvalidInput`. */
export async function patchSite(
  tx: Tx,
  context: ChangeContext,
  id: string,
  patch: { readonly name?: string; readonly timeZone?: string },
): Promise<void> {
  const before = await lockedSite(tx, id);
  const after = {
    name: patch.name ?? before.name,
    timeZone: patch.timeZone === undefined ? before.timeZone : checkedZone(patch.timeZone),
  };
  const changes = valueChanges({ name: before.name, timeZone: before.timeZone }, after);
  if (changes === null) return;
  await tx.run(updateSite, { id, name: after.name, time_zone: after.timeZone, now: context.now });
  await tell(tx, context, 'edit', { id, name: after.name }, { changes });
}

/** With the permissions that name it. Errors: `NotFound`; `Conflict` while it has doors or schedules of its own. */
export async function deleteSite(tx: Tx, context: ChangeContext, id: string): Promise<void> {
  const { name } = await lockedSite(tx, id);
  const { doors = 0, schedules = 0 } = (await tx.first(usersOfSite, { id })) ?? {};
  if (doors > 0) throw new Conflict(`This site has ${counted(doors, 'door')}. Please delete or move its doors first.`);
  if (schedules > 0)
    throw new Conflict(
      `${counted(schedules, 'schedule')} ${schedules === 1 ? 'belongs' : 'belong'} to this site. Please delete or move them first.`,
    );
  await deletePermissionsOf(tx, context, { siteId: id }, `the site ${name} was deleted`);
  await tx.run(deleteRow, { id });
  await tell(tx, context, 'delete', { id, name }, {});
}

/** Errors: `NotFound`. */
export async function getSite(reader: Reader, id: string): Promise<Site> {
  return found(await reader.first(siteById, { id }));
}

/** The site that something else names, locked until the transaction ends. Errors: `InvalidInput` when there is none. */
export async function checkSite(tx: Tx, siteId: string): Promise<void> {
  if ((await tx.first(lockSite, { id: siteId })) === undefined) throw new InvalidInput('There is no such site.', '/siteId');
}

/** Locked until the transaction ends. Errors: `NotFound`. */
async function lockedSite(tx: Tx, id: string): Promise<Site> {
  return found(await tx.first(lockSite, { id }));
}

/** Oldest first. */
export function listSites(reader: Reader, { text }: NamedFilter, page: PageRequest): Promise<Page<Site>> {
  return namedPage(reader, { text, page }, (from, after, limit) => from.all(sitesAfter, { after, limit }), siteOf);
}

/** @throws InvalidInput */
function checkedZone(text: string): string {
  const name = zoneName(text);
  if (name === null) throw new InvalidInput('This is not a time zone. It is written as in Europe/Madrid.', '/timeZone');
  return name;
}

function tell(
  tx: Tx,
  context: ChangeContext,
  verb: EventVerb,
  { id, name }: { readonly id: string; readonly name: string },
  details: Readonly<Record<string, unknown>>,
): Promise<void> {
  return append(tx, context, { verb, object: { type: 'site', id, name }, siteId: id, details });
}

function counted(count: number, word: string): string {
  return `${count} ${word}${count === 1 ? '' : 's'}`;
}

function found(row: Row | undefined): Site {
  if (row === undefined) throw new NotFound('There is no such site.');
  return siteOf(row);
}

function siteOf(row: Row): Site {
  return { id: row.id, name: row.name, timeZone: row.time_zone, createdAt: row.created_at, updatedAt: row.updated_at };
}
