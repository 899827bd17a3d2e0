import type { Tx } from '../db/database.js';
import type { ChangeContext } from '../domain/events.js';
import { closeAlert, openAlert } from '../events/alert-store.js';
import { type ControllerState, controllerState, type StatusReport, writeStatus } from './controller-state-store.js';
import { type HardwareAlert, hardwareVerdict } from './hardware.js';

/** Keeps what a controller says of itself, and opens and closes its alerts accordingly, in one transaction. */
export async function reportStatus(tx: Tx, context: ChangeContext, controllerId: string, report: StatusReport): Promise<void> {
  await writeStatus(tx, controllerId, report, context.now);
  const state = await controllerState(tx, controllerId);
  if (state !== null) await settleAlerts(tx, context, state);
}

/** Brings the alerts of a controller in line with what is known of it; `only` one of them. */
export async function settleAlerts(tx: Tx, context: ChangeContext, state: ControllerState, only?: HardwareAlert): Promise<void> {
  const { open, close } = hardwareVerdict(state, context.now);
  const { id: subjectKey, siteId } = state;
  for (const [type, message] of open)
    if (only === undefined || only === type) await openAlert(tx, context, { type, subjectKey, siteId, message });
  for (const [type, message] of close)
    if (only === undefined || only === type) await closeAlert(tx, context, { type, subjectKey, message });
}
