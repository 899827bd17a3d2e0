import type { Reader, Tx } from '../db/database.js';
import { statement } from '../db/statement.js';
import { type Instant, shift } from '../domain/time.js';
import type { HardwareState } from './hardware.js';

interface Row {
  readonly id: string;
  readonly name: string;
  readonly online: number | null;
  readonly mains_present: number | null;
  readonly battery_present: number | null;
  readonly battery_percent: number | null;
  readonly last_seen_at: Instant | null;
  readonly site_id: string | null;
}

/** What a controller says of itself; absent: nothing about that. */
export interface StatusReport {
  readonly online?: boolean | undefined;
  readonly mainsPresent?: boolean | undefined;
  readonly batteryPresent?: boolean | undefined;
  readonly batteryPercent?: number | null | undefined;
}

export interface ControllerState extends HardwareState {
  readonly id: string;
  /** null: its doors are of several sites, or it has none. */
  readonly siteId: string | null;
}

// A controller that serves two sites is of neither.
const COLUMNS = `id, name, online, mains_present, battery_present, battery_percent, last_seen_at,
  (select case when min(d.site_id) = max(d.site_id) then min(d.site_id) end
   from controller_doors c join doors d on d.id = c.door_id where c.controller_id = controllers.id) as site_id`;

const byId = statement<{ id: string }, Row>('controller-state.get', (sql, p) =>
  sql.raw(`select ${COLUMNS} from controllers where id = ?`, [p.id]),
);

/** Those whose state and alert disagree, or may: silent without an alert, and heard of with one. */
const suspects = statement<{ before: Instant; since: Instant }, Row>('controller-state.suspects', (sql, p) =>
  sql.raw(
    `select ${COLUMNS} from controllers where last_seen_at is not null and (
       (last_seen_at < ? and not exists (select 1 from alerts where type = 'hardware_down' and subject_key = controllers.id and closed_at is null))
       or (last_seen_at >= ? and coalesce(online, 1) = 1 and exists (select 1 from alerts where type = 'hardware_down' and subject_key = controllers.id and closed_at is null)))
     order by id`,
    [p.before, p.since],
  ),
);

const gone = statement<object, { type: string; subject_key: string }>('controller-state.gone', (sql) =>
  sql.raw(
    `select type, subject_key from alerts where closed_at is null and type in
       ('hardware_down', 'hardware_no_mains', 'hardware_missing_battery', 'hardware_low_battery')
       and subject_key not in (select id from controllers) order by type, subject_key`,
  ),
);

const touch = statement<{ id: string; at: Instant }>('controller-state.touch', (sql, p) =>
  sql('controllers')
    .where('id', p.id)
    .where((older) => older.whereNull('last_seen_at').orWhere('last_seen_at', '<', p.at))
    .update({ last_seen_at: p.at }),
);

interface Written {
  readonly id: string;
  readonly online: number | null;
  readonly mains: number | null;
  readonly battery: number | null;
  readonly hasPercent: number;
  readonly percent: number | null;
  readonly at: Instant;
}

const write = statement<Written>('controller-state.write', (sql, p) =>
  sql.raw(
    `update controllers set online = coalesce(?, online), mains_present = coalesce(?, mains_present),
       battery_present = coalesce(?, battery_present),
       battery_percent = case when cast(? as bigint) = 1 then cast(? as bigint) else battery_percent end,
       status_at = ?, last_seen_at = ? where id = ?`,
    [p.online, p.mains, p.battery, p.hasPercent, p.percent, p.at, p.at, p.id],
  ),
);

export async function controllerState(reader: Reader, id: string): Promise<ControllerState | null> {
  const row = await reader.first(byId, { id });
  return row === undefined ? null : stateOf(row);
}

/** Whose silence, or whose return, nobody has been told of yet. */
export async function silentOrBack(reader: Reader, now: Instant, silenceMs: number): Promise<ControllerState[]> {
  const before = shift(now, -silenceMs);
  return (await reader.all(suspects, { before, since: before })).map(stateOf);
}

/** Open alerts of controllers that are no more. */
export async function alertsOfNobody(reader: Reader): Promise<{ readonly type: string; readonly subjectKey: string }[]> {
  return (await reader.all(gone, {})).map(({ type, subject_key }) => ({ type, subjectKey: subject_key }));
}

export async function noteSeen(tx: Tx, id: string, at: Instant): Promise<void> {
  await tx.run(touch, { id, at });
}

export async function writeStatus(tx: Tx, id: string, report: StatusReport, at: Instant): Promise<void> {
  const { online, mainsPresent, batteryPresent, batteryPercent } = report;
  const percent = { hasPercent: batteryPercent === undefined ? 0 : 1, percent: batteryPercent == null ? null : Math.floor(batteryPercent) };
  await tx.run(write, { id, online: bit(online), mains: bit(mainsPresent), battery: bit(batteryPresent), ...percent, at });
}

function stateOf(row: Row): ControllerState {
  return {
    ...{ id: row.id, name: row.name, siteId: row.site_id, lastSeenAt: row.last_seen_at },
    ...{ online: flag(row.online), mainsPresent: flag(row.mains_present) },
    ...{ batteryPresent: flag(row.battery_present), batteryPercent: row.battery_percent },
  };
}

function bit(value: boolean | undefined): number | null {
  return value === undefined ? null : Number(value);
}

function flag(value: number | null): boolean | null {
  return value === null ? null : value === 1;
}
