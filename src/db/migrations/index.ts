import type { Knex } from 'knex';
import * as foundation from './0001_foundation.js';
import * as clockMark from './0002_clock_mark.js';
import * as requestLog from './0003_request_log.js';
import * as sync from './0005_sync.js';
import * as outboxAlerts from './0006_outbox_alerts.js';
import * as doors from './0007_doors.js';
import * as eventMember from './0008_event_member.js';
import * as upkeep from './0009_upkeep.js';
import * as eventIndexes from './0010_event_indexes.js';
import * as toldLate from './0011_told_late.js';
import * as erasures from './0012_erasures.js';
import * as eventSubjects from './0013_event_subjects.js';

const MIGRATIONS: ReadonlyMap<string, Knex.Migration> = new Map([
  ['0001_foundation', foundation],
  ['0002_clock_mark', clockMark],
  ['0003_request_log', requestLog],
  ['0005_sync', sync],
  ['0006_outbox_alerts', outboxAlerts],
  ['0007_doors', doors],
  ['0008_event_member', eventMember],
  ['0009_upkeep', upkeep],
  ['0010_event_indexes', eventIndexes],
  ['0011_told_late', toldLate],
  ['0012_erasures', erasures],
  ['0013_event_subjects', eventSubjects],
]);

/** Names carry no extension, so that a database migrated from the sources opens with the build and the other way round. */
export const migrationSource: Knex.MigrationSource<string> = {
  getMigrations: async () => [...MIGRATIONS.keys()].sort(),
  getMigrationName: (name) => name,
  getMigration: async (name) => {
    const migration = MIGRATIONS.get(name);
    if (migration === undefined) throw new Error(`no migration ${name}`);
    return migration;
  },
};
