import { doorsNotKnownLost, type LostDoor, noteListSent, noteListTaken } from '../access/former-door-store.js';
import type { Database } from '../db/database.js';
import type { Logger } from '../domain/logger.js';
import type { Instant } from '../domain/time.js';
import { DatabaseUnavailable } from '../errors.js';
import { positionNow, versionOf } from './list-version.js';

interface Listed {
  readonly id: string;
  readonly tokenHash: string;
}

interface Begun {
  readonly db: Database;
  readonly logger: Logger;
}

/**
 * The version of the list that is read from now on: what changes meanwhile comes again with the next one, and never too late.
 *
 * Doors that the controller has lost are not in it, and once it comes back with that version it is known to know: until then it may
 * open them by an older list, and will tell of that. If this cannot be written down, the list goes out all the same: who keeps
 * an older one lets in people who may not enter any more.
 */
export async function beginList({ db, logger }: Begun, controller: Listed, since: string | null, now: Instant): Promise<string> {
  const lost = await doorsNotKnownLost(db.read, controller.id);
  const version = versionOf(await positionNow(db.read), controller.tokenHash);
  try {
    await noteLost(db, { controllerId: controller.id, lost, since, version, now });
  } catch (error) {
    if (!(error instanceof DatabaseUnavailable)) throw error;
    logger.warn('which list a controller has could not be noted', { id: controller.id, error });
  }
  return version;
}

interface Noted {
  readonly controllerId: string;
  readonly lost: readonly LostDoor[];
  readonly since: string | null;
  readonly version: string;
  readonly now: Instant;
}

async function noteLost(db: Database, { controllerId, lost, since, version, now }: Noted): Promise<void> {
  const taken = since !== null && lost.some(({ sentVersion }) => sentVersion === since) ? since : null;
  const isNew = ({ sentVersion }: LostDoor) => sentVersion === null || (sentVersion !== version && sentVersion !== taken);
  const ids = lost.filter(isNew).map(({ id }) => id);
  if (taken === null && ids.length === 0) return;
  await db.transaction(async (tx) => {
    if (taken !== null) await noteListTaken(tx, controllerId, taken, now);
    await noteListSent(tx, controllerId, ids, version);
  });
}
