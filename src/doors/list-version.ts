import { createHash } from 'node:crypto';
import type { Reader } from '../db/database.js';
import { statement } from '../db/statement.js';
import { oldestKept } from '../events/retention.js';

/**
 * More events than these since a version, most of them openings, are not looked through: that would keep everybody waiting. A
 * controller that asks every few minutes is never so far behind, and for one that was away the whole list is no more work.
 */
export const EVENTS_MAX = 20_000;

/** A place in the audit log up to which a list holds everything. */
interface Position {
  /** SQLite: the `seq` of the last event. PostgreSQL: the oldest transaction that had not ended. */
  readonly at: number;
  /** The last event that could be seen: in a database that was put back it is not there, or not there any more. */
  readonly anchor: string;
  /** Of this database; another one counts transactions anew. */
  readonly database: string;
}

/** Where the log stands, with the number of its last event. */
interface PositionNow extends Position {
  readonly seq: number;
}

const sqlitePosition = statement<object, PositionNow>('list.position', (sql) =>
  sql.raw(`select seq, seq as at, id as anchor, '' as database from events order by seq desc limit 1`),
);
const postgresPosition = statement<object, PositionNow>('list.position', (sql) =>
  sql.raw(
    `select seq, pg_snapshot_xmin(pg_current_snapshot())::text::bigint as at, id as anchor,
       (select oid::text from pg_database where datname = current_database()) as database
     from events order by seq desc limit 1`,
  ),
);
const seqOf = statement<{ id: string }, { seq: number }>('list.anchor', (sql, p) => sql('events').where('id', p.id).select('seq'));

const EFFECTIVE = `verb in ('create', 'edit', 'delete')`;
const OF_MEMBERS = `object_type in ('member', 'association', 'pin', 'card')`;
// A controller that was changed may have other doors; what concerns a member and does not say whom may concern anybody.
const OF_ALL = `(object_type in ('site', 'door', 'schedule', 'permission', 'member_group')
  or (object_type = 'controller' and object_id = ?) or (member_id is null and ${OF_MEMBERS}))`;
const SINCE = {
  // Both numbers are the same.
  sqlite: 'seq > ? and seq > ?',
  // Put in from another database, events have numbers of transactions that are still to come here. And in a cluster that was put
  // back transactions are counted anew from an earlier one: what came since has a higher `seq` than the anchor in any case.
  postgres: '((tx >= ? and tx < pg_snapshot_xmax(pg_current_snapshot())::text::bigint) or seq > ?)',
} as const;

/** Where the log stands now, for the version of the list that is read from now on. null: there is no event yet. */
export async function positionNow(reader: Reader): Promise<PositionNow | null> {
  return (await reader.first(reader.engine === 'sqlite' ? sqlitePosition : postgresPosition, {})) ?? null;
}

/** Opaque: nobody but us reads it. It is bound to the token, since every hash in the list is. */
export function versionOf(position: Position | null, tokenHash: string): string {
  const { at = 0, anchor = '', database = '' } = position ?? {};
  return Buffer.from(JSON.stringify([bindingOf(tokenHash), at, anchor, database]), 'utf8').toString('base64url');
}

/**
 * Whom to look at again since a version: members whose access or credentials changed. null: everybody, because rules
 * changed, there were too many events, some since then were forgotten, or the version is not one of this token, this database,
 * and the log as it is.
 */
export async function changedSince(
  reader: Reader,
  version: string,
  { id, tokenHash }: { readonly id: string; readonly tokenHash: string },
): Promise<readonly string[] | null> {
  const [position, now] = [parse(version, tokenHash), await positionNow(reader)];
  if (position === null || now === null || position.database !== now.database || position.at > now.at) return null;
  const anchor = await reader.first(seqOf, { id: position.anchor });
  if (anchor === undefined || (reader.engine === 'sqlite' && anchor.seq !== position.at)) return null;
  if (now.seq - anchor.seq > EVENTS_MAX) return null;
  // Events are forgotten by their time, and a clock that was set back wrote later ones with an earlier time.
  const firstNeeded = reader.engine === 'sqlite' ? position.at + 1 : position.at;
  if (firstNeeded < (await oldestKept(reader))) return null;
  const since = SINCE[reader.engine];
  const forAll = await reader.query(`select 1 from events where ${since} and ${EFFECTIVE} and ${OF_ALL} limit 1`, [
    ...[position.at, anchor.seq, id],
  ]);
  if (forAll.length > 0) return null;
  const changed = await reader.query<{ member_id: string }>(
    `select distinct member_id from events where ${since} and ${EFFECTIVE} and ${OF_MEMBERS}`,
    [position.at, anchor.seq],
  );
  // Asked last: what was forgotten while the log was read is missing in it too.
  if (!(await isWholeSince(reader, position.at))) return null;
  return changed.map((row) => row.member_id);
}

/** The anchor may outlive what came after it: what was written while a clock was wrong is forgotten as soon as the clock is right. */
async function isWholeSince(reader: Reader, at: number): Promise<boolean> {
  const firstAfter = reader.engine === 'sqlite' ? at + 1 : at;
  return (await oldestKept(reader)) <= firstAfter;
}

/** null for anything that is no version for this token. */
function parse(version: string, tokenHash: string): Position | null {
  try {
    const bytes = Buffer.from(version, 'base64url');
    // Decoding passes over what is too much.
    if (bytes.toString('base64url') !== version) return null;
    const [binding, at, anchor, database] = JSON.parse(bytes.toString('utf8')) as readonly unknown[];
    if (binding !== bindingOf(tokenHash) || !Number.isSafeInteger(at)) return null;
    return typeof at === 'number' && typeof anchor === 'string' && typeof database === 'string' ? { at, anchor, database } : null;
  } catch {
    return null;
  }
}

function bindingOf(tokenHash: string): string {
  return createHash('sha256').update(`access list ${tokenHash}`, 'utf8').digest('hex').slice(0, 16);
}
