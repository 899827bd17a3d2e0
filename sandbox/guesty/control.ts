import type { Express } from 'express';
import type { Fault } from '../kernel/faults.js';
import { jsonOf, type SandboxServer } from '../kernel/server.js';
import type { Switches } from './switches.js';
import type { Tokens } from './tokens.js';
import type { Webhooks } from './webhooks.js';
import type { Listing, NewReservation, Reservation, World } from './world.js';

/** What can be controlled. */
interface Controlled {
  readonly server: SandboxServer;
  readonly world: World;
  readonly switches: Switches;
  readonly tokens: Tokens;
  readonly webhooks: Webhooks;
}

type Action = (sandbox: Controlled, body: Body) => unknown;

/** What any action may be given; each reads what it needs. */
interface Body {
  readonly id: string;
  readonly listingId: string;
  readonly status: string;
  readonly from: string;
  readonly to: string;
  readonly ms: number;
  readonly changes: Partial<Reservation>;
  readonly reservation: NewReservation;
  readonly listing: Partial<Listing> & { readonly nickname: string };
  readonly switches: Partial<Switches>;
  readonly fault: Fault;
}

const ACTIONS: ReadonlyMap<string, Action> = new Map<string, Action>([
  ['create', ({ world }, { reservation }) => world.create(reservation)],
  ['change', ({ world }, { id, changes }) => world.change(id, changes)],
  ['move-dates', ({ world }, { id, from, to }) => world.moveDates(id, from, to)],
  ['status', ({ world }, { id, status }) => world.setStatus(id, status)],
  ['cancel', ({ world }, { id }) => world.cancel(id)],
  ['move', ({ world }, { id, listingId }) => world.move(id, listingId)],
  ['delete', ({ world }, { id }) => world.remove(id)],
  ['add-listing', ({ world }, { listing }) => world.addListing(listing)],
  ['remove-listing', ({ world }, { listingId }) => world.removeListing(listingId)],
  ['switches', ({ switches }, { switches: changes }) => Object.assign(switches, changes)],
  ['expire-tokens', ({ tokens }) => tokens.expireAll()],
  ['fault', ({ server }, { fault }) => server.faults.add(fault)],
  ['clear-faults', ({ server }) => server.faults.clear()],
  ['advance', ({ server }, { ms }) => server.clock.advance(ms)],
  ['deliver', ({ webhooks }) => webhooks.deliveries.flush()],
]);

/** The control of the sandbox over HTTP: `POST /_control/<action>`. */
export function mountControl(app: Express, sandbox: Controlled): void {
  app.post('/_control/:action', async (request, response) => {
    const action = ACTIONS.get(request.params.action);
    if (action === undefined) return void response.status(404).json({ actions: [...ACTIONS.keys()] });
    try {
      response.json({ result: (await action(sandbox, (jsonOf(request) ?? {}) as Body)) ?? null });
    } catch (error) {
      response.status(400).json({ message: error instanceof Error ? error.message : 'it did not work' });
    }
  });
}
