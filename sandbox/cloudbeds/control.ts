import type { Router } from 'express';
import { jsonOf, type SandboxServer } from '../kernel/server.js';
import type { DoorLocks } from './door-locks.js';
import type { Grants } from './grants.js';
import type { Hooks } from './hooks.js';
import type { Switches } from './switches.js';
import type { World } from './world.js';

/** What can be led from outside: a `CloudbedsSandbox`. */
export interface Controlled {
  readonly server: SandboxServer;
  readonly world: World;
  readonly locks: DoorLocks;
  readonly hooks: Hooks;
  readonly grants: Grants;
  readonly switches: Switches;
  seed(reservations: number): unknown;
}

type Action = (sandbox: Controlled, text: (name: string) => string) => unknown;

/** What the control page can do: `POST /_control/<action>` with a JSON object. */
const ACTIONS: ReadonlyMap<string, Action> = new Map<string, Action>([
  ['seed', (sandbox, text) => void sandbox.seed(Number(text('reservations')))],
  ['add-room', ({ world }, text) => world.addRoom(text('name'))],
  [
    'add-reservation',
    ({ world }, text) =>
      world.addReservation([
        {
          room: text('roomID') || null,
          checkIn: text('checkIn') || world.day(),
          checkOut: text('checkOut') || world.day(2),
          guest: { firstName: text('firstName') || 'Ada', lastName: text('lastName') || 'Park' },
        },
      ]).reservationID,
  ],
  ['cancel', ({ world }, text) => world.cancel(text('reservationID'))],
  ['no-show', ({ world }, text) => world.setStatus(text('reservationID'), 'no_show')],
  ['set-status', ({ world }, text) => world.setStatus(text('reservationID'), text('status'))],
  ['check-in', ({ world }, text) => world.checkInGuests(text('reservationID'))],
  ['check-out', ({ world }, text) => world.checkOutGuests(text('reservationID'))],
  ['delete', ({ world }, text) => world.remove(text('reservationID'))],
  ['change-dates', ({ world }, text) => world.changeDates(text('subReservationID'), text('checkIn'), text('checkOut'))],
  ['assign', ({ world }, text) => world.assign(text('subReservationID'), text('roomID') || null)],
  ['move', ({ world }, text) => world.moveFrom(text('subReservationID'), text('date'), text('roomID'))],
  ['anonymize', ({ world }, text) => world.anonymize(text('subReservationID'))],
  ['door-locks', ({ locks }) => locks.setUp()],
  ['request-key', requestKey],
  ['cancel-key', ({ locks }, text) => locks.cancel(text('keyId'))],
  ['disconnect', ({ hooks, grants }) => hooks.disconnect(grants.clientId)],
  ['approver-gone', ({ switches }) => void Object.assign(switches, { approverGone: true })],
  ['approver-back', ({ switches }) => void Object.assign(switches, { approverGone: false })],
  [
    'rate-limit',
    ({ switches }, text) => void Object.assign(switches, { rate: { perSecond: Number(text('perSecond') || 1), retryAfter: true } }),
  ],
  ['outage', ({ server }) => server.faults.add({ kind: 'status', status: 503, on: '/api/' })],
  ['recover', recover],
]);

export function mountControl(app: Router, sandbox: Controlled): void {
  app.post('/_control/:action', async (request, response) => {
    const action = ACTIONS.get(String(request.params['action']));
    const body = jsonOf(request);
    const fields = new Map<string, unknown>(typeof body === 'object' && body !== null ? Object.entries(body) : []);
    if (action === undefined) {
      response.status(404).json({ error: 'no such action' });
      return;
    }
    try {
      const result = action(sandbox, (name) => String(fields.get(name) ?? ''));
      await sandbox.hooks.flush();
      response.json({ result: result ?? null });
    } catch (error) {
      response.status(400).json({ error: error instanceof Error ? error.message : 'it did not work' });
    }
  });
}

function requestKey({ world, locks }: Controlled, text: (name: string) => string): unknown {
  const { reservation } = world.stay(text('subReservationID'));
  return locks.request({
    reservationId: reservation.reservationID,
    subReservationId: text('subReservationID'),
    startDateTime: text('startDateTime'),
    endDateTime: text('endDateTime'),
  });
}

function recover({ server, switches }: Controlled): void {
  server.faults.clear();
  Object.assign(switches, { rate: null, approverGone: false });
}
