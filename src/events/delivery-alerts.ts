import type { Tx } from '../db/database.js';
import { SYSTEM } from '../domain/events.js';
import type { Instant } from '../domain/time.js';
import { closeAlert, openAlert, subjectsWithOpenAlert } from './alert-store.js';

interface SetAside {
  readonly destination: string;
  readonly integrationId: string | null;
  readonly reason: string;
}

/** `delivery_failing`: opens with the first message to a destination that is set aside, closes with the next that arrives. */
export const deliveryAlerts = {
  async failing(tx: Tx, now: Instant, { destination, integrationId, reason }: SetAside): Promise<void> {
    const message = `Messages to ${destination} cannot be delivered: ${reason}`;
    await openAlert(tx, { actor: SYSTEM, now }, { type: 'delivery_failing', subjectKey: destination, integrationId, message });
  },

  async recovered(tx: Tx, now: Instant, destinations: readonly string[]): Promise<void> {
    for (const subjectKey of await subjectsWithOpenAlert(tx, 'delivery_failing', destinations)) {
      const message = `Messages to ${subjectKey} are delivered again.`;
      await closeAlert(tx, { actor: SYSTEM, now }, { type: 'delivery_failing', subjectKey, message });
    }
  },
};
