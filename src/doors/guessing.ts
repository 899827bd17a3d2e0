import type { Reader, Tx } from '../db/database.js';
import { statement } from '../db/statement.js';
import { takeWrongCount } from '../db/turns.js';
import { type ChangeContext, SYSTEM } from '../domain/events.js';
import type { Instant } from '../domain/time.js';
import { closeAlert, openAlert } from '../events/alert-store.js';
import { wrongAttempts, wrongInstallationWide } from './attempt-store.js';
import { INSTALLATION_PER_HOUR, INSTALLATION_QUIET } from './limiter.js';

const TYPE = 'pin_guessing';
/** The alert that is about no single door. */
const INSTALLATION = 'installation';

interface OpenAlert {
  readonly subject_key: string;
  readonly name: string | null;
}

const openOnes = statement<{ type: string }, OpenAlert>('guessing.open', (sql, p) =>
  sql('alerts')
    .leftJoin('doors', 'doors.id', 'alerts.subject_key')
    .where('alerts.type', p.type)
    .whereNull('alerts.closed_at')
    .orderBy('alerts.subject_key')
    .select('alerts.subject_key', 'doors.name'),
);

/** Somebody tries one PIN after the other at this door. */
export async function openDoorAlert(
  tx: Tx,
  context: ChangeContext,
  door: { readonly id: string; readonly name: string; readonly siteId: string },
): Promise<void> {
  const message = `Too many wrong PINs or cards at ${door.name}. It takes no attempt for a while; the guests of other doors are not affected.`;
  await openAlert(tx, context, { type: TYPE, subjectKey: door.id, siteId: door.siteId, message });
}

/** Somebody tries a few at each of many doors. Tells, and locks nothing. */
export async function openInstallationAlert(tx: Tx, context: ChangeContext): Promise<void> {
  await takeWrongCount(tx);
  if ((await wrongInstallationWide(tx, context.now)) < INSTALLATION_PER_HOUR) return;
  const message = `More than ${INSTALLATION_PER_HOUR - 1} wrong PINs or cards within an hour, over all doors. No door is locked because of this.`;
  await openAlert(tx, context, { type: TYPE, subjectKey: INSTALLATION, message });
}

/** Are there alerts that may have to close? Asked before any transaction. */
export async function guessedAt(reader: Reader): Promise<readonly OpenAlert[]> {
  return reader.all(openOnes, { type: TYPE });
}

/** Closes the alerts of doors at which nobody was wrong for an hour, and of the installation once it is quiet. */
export async function closeQuietAlerts(tx: Tx, now: Instant): Promise<void> {
  const context: ChangeContext = { actor: SYSTEM, now };
  for (const { subject_key: subjectKey, name } of await guessedAt(tx)) {
    if (subjectKey === INSTALLATION) {
      if ((await wrongInstallationWide(tx, now)) >= INSTALLATION_QUIET) continue;
      await closeAlert(tx, context, { type: TYPE, subjectKey, message: 'Wrong PINs and cards have become few again.' });
    } else if (name === null) {
      await closeAlert(tx, context, { type: TYPE, subjectKey, message: 'The door was deleted.' });
    } else if ((await wrongAttempts(tx, subjectKey, now)).length === 0) {
      await closeAlert(tx, context, { type: TYPE, subjectKey, message: `Nobody was wrong at ${name} for an hour.` });
    }
  }
}
