import type { Reader, Tx } from '../db/database.js';
import { newId } from '../db/ids.js';
import { statement } from '../db/statement.js';
import type { WeeklyHours } from '../domain/doors.js';
import type { ChangeContext, EventVerb } from '../domain/events.js';
import type { Page, PageRequest } from '../domain/page.js';
import type { Instant } from '../domain/time.js';
import { hoursMistakes, sortedHours } from '../domain/weekly-hours.js';
import { Conflict, InvalidPlaces, NotFound } from '../errors.js';
import { append } from '../events/append.js';
import { valueChanges } from './changes.js';
import { type NamedFilter, namedPage } from './named-list.js';
import { checkSite } from './site-store.js';

export interface Schedule {
  readonly id: string;
  readonly name: string;
  /** null: for permissions of every site. */
  readonly siteId: string | null;
  readonly days: WeeklyHours;
  readonly createdAt: Instant;
  readonly updatedAt: Instant;
}

export type ScheduleFields = Pick<Schedule, 'name' | 'siteId' | 'days'>;

interface Row {
  readonly seq: number;
  readonly id: string;
  readonly name: string;
  readonly site_id: string | null;
  readonly days: string;
  readonly created_at: string;
  readonly updated_at: string;
}

const COLUMNS = ['seq', 'id', 'name', 'site_id', 'days', 'created_at', 'updated_at'];

const scheduleById = statement<{ id: string }, Row>('schedules.get', (sql, p) => sql('schedules').where('id', p.id).select(COLUMNS));

const lockSchedule = statement<{ id: string }, Row>('schedules.lock', (sql, p) =>
  sql('schedules').where('id', p.id).forUpdate().select(COLUMNS),
);

const schedulesAfter = statement<{ after: number; limit: number }, Row>('schedules.list', (sql, p) =>
  sql.raw(`select ${COLUMNS.join(', ')} from schedules where seq > cast(? as bigint) order by seq limit cast(? as bigint)`, [
    p.after,
    p.limit,
  ]),
);

// Those of a site, and those that serve every site: what a permission there can name.
const schedulesForSite = statement<{ site_id: string; after: number; limit: number }, Row>('schedules.list-for-site', (sql, p) =>
  sql.raw(
    `select ${COLUMNS.join(', ')} from schedules where (site_id = ? or site_id is null) and seq > cast(? as bigint)
     order by seq limit cast(? as bigint)`,
    [p.site_id, p.after, p.limit],
  ),
);

interface Stored {
  readonly id: string;
  readonly name: string;
  readonly site_id: string | null;
  readonly days: string;
  readonly now: string;
}

const insertSchedule = statement<Stored>('schedules.insert', (sql, p) =>
  sql('schedules').insert({ id: p.id, name: p.name, site_id: p.site_id, days: p.days, created_at: p.now, updated_at: p.now }),
);

const updateSchedule = statement<Stored>('schedules.update', (sql, p) =>
  sql('schedules').where('id', p.id).update({ name: p.name, site_id: p.site_id, days: p.days, updated_at: p.now }),
);

const deleteRow = statement<{ id: string }>('schedules.delete', (sql, p) => sql('schedules').where('id', p.id).delete());

/** Member groups whose permissions it restricts; of a site, only where that is another one. */
const groupsRestricted = statement<{ id: string; but_site: string }, { name: string }>('schedules.restricts', (sql, p) =>
  sql.raw(
    `select distinct member_groups.name from permissions join member_groups on member_groups.id = permissions.member_group_id
     left join doors on doors.id = permissions.door_id
     where permissions.schedule_id = ? and coalesce(permissions.site_id, doors.site_id) <> ? order by member_groups.name limit 6`,
    [p.id, p.but_site],
  ),
);

/** No site has this id. */
const NO_SITE = '';
const NAMES_MAX = 5;

/** Returns the id. Errors: `InvalidInput` for an unknown site, `InvalidPlaces` for hours that are none. */
export async function createSchedule(tx: Tx, context: ChangeContext, { name, siteId, days }: ScheduleFields): Promise<string> {
  const id = newId('sch');
  const fields = { name, siteId, days: checkedHours(days) };
  if (siteId !== null) await checkSite(tx, siteId);
  await tx.run(insertSchedule, storedOf(id, fields, context));
  await tell(tx, context, 'create', { id, ...fields }, { days: fields.days });
  return id;
}

/**
 * New hours count from the next decision on. Nothing differs: no write, no event. Errors: `NotFound`, `InvalidInput`,
 * `InvalidPlaces`; `Conflict` when it would move to one site while it restricts permissions of another.
 */
export async function patchSchedule(tx: Tx, context: ChangeContext, id: string, patch: Partial<ScheduleFields>): Promise<void> {
  const { siteId } = patch;
  if (siteId !== undefined && siteId !== null) await checkSite(tx, siteId);
  const before = await lockedSchedule(tx, id);
  const fieldsBefore = { name: before.name, siteId: before.siteId, days: before.days };
  const after = { ...fieldsBefore, ...patch, ...(patch.days === undefined ? {} : { days: checkedHours(patch.days) }) };
  const changes = valueChanges<ScheduleFields & Record<string, unknown>>(fieldsBefore, after);
  if (changes === null) return;
  if (after.siteId !== null && after.siteId !== before.siteId) await refuseWhileUsed(tx, id, after.siteId, 'at another site');
  await tx.run(updateSchedule, storedOf(id, after, context));
  await tell(tx, context, 'edit', { id, ...after }, { changes });
}

/** Errors: `NotFound`; `Conflict` while it restricts a permission, which would be without limits then. */
export async function deleteSchedule(tx: Tx, context: ChangeContext, id: string): Promise<void> {
  const schedule = await lockedSchedule(tx, id);
  await refuseWhileUsed(tx, id, NO_SITE, '');
  await tx.run(deleteRow, { id });
  await tell(tx, context, 'delete', schedule, {});
}

/** Errors: `NotFound`. */
export async function getSchedule(reader: Reader, id: string): Promise<Schedule> {
  return found(await reader.first(scheduleById, { id }));
}

/** Oldest first; for a site also those that serve every site. */
export function listSchedules(reader: Reader, { text, siteId }: NamedFilter, page: PageRequest): Promise<Page<Schedule>> {
  const rowsAfter = (from: Reader, after: number, limit: number) =>
    siteId === undefined ? from.all(schedulesAfter, { after, limit }) : from.all(schedulesForSite, { site_id: siteId, after, limit });
  return namedPage(reader, { text, page }, rowsAfter, scheduleOf);
}

async function lockedSchedule(tx: Tx, id: string): Promise<Schedule> {
  return found(await tx.first(lockSchedule, { id }));
}

async function refuseWhileUsed(tx: Tx, id: string, butSite: string, where: string): Promise<void> {
  const names = (await tx.all(groupsRestricted, { id, but_site: butSite })).map(({ name }) => name);
  if (names.length === 0) return;
  const shown = names.length > NAMES_MAX ? `${names.slice(0, NAMES_MAX).join(', ')} and others` : names.join(', ');
  const place = where === '' ? '' : ` ${where}`;
  throw new Conflict(`This schedule restricts what ${shown} may open${place}. Please change those permissions first.`);
}

/** @throws InvalidPlaces */
function checkedHours(days: WeeklyHours): WeeklyHours {
  const mistakes = hoursMistakes(days);
  if (mistakes.length > 0) throw new InvalidPlaces(mistakes.map(({ pointer, detail }) => ({ pointer: `/days${pointer}`, detail })));
  return sortedHours(days);
}

function tell(
  tx: Tx,
  context: ChangeContext,
  verb: EventVerb,
  { id, name, siteId }: Pick<Schedule, 'id' | 'name' | 'siteId'>,
  details: Readonly<Record<string, unknown>>,
): Promise<void> {
  return append(tx, context, { verb, object: { type: 'schedule', id, name }, ...(siteId === null ? {} : { siteId }), details });
}

function storedOf(id: string, { name, siteId, days }: ScheduleFields, { now }: ChangeContext): Stored {
  return { id, name, site_id: siteId, days: JSON.stringify(days), now };
}

function found(row: Row | undefined): Schedule {
  if (row === undefined) throw new NotFound('There is no such schedule.');
  return scheduleOf(row);
}

function scheduleOf(row: Row): Schedule {
  const days = JSON.parse(row.days) as WeeklyHours;
  return { id: row.id, name: row.name, siteId: row.site_id, days, createdAt: row.created_at, updatedAt: row.updated_at };
}
