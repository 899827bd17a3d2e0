import type { Express } from 'express';
import { jsonOf } from '../kernel/server.js';
import type { NexudusParts } from './parts.js';

type Body = Readonly<Record<string, unknown>>;

/** `POST /_control/<action>` with a JSON body calls the same methods as tests do, for a page with buttons. */
export function mountControl(app: Express, sandbox: NexudusParts): void {
  app.post('/_control/:action', (request, response) => {
    const action = ACTIONS.get(request.params.action);
    const body = jsonOf(request);
    if (action === undefined) return void response.status(404).json({ error: 'unknown action' });
    try {
      const fields: Body = typeof body === 'object' && body !== null ? { ...body } : {};
      response.json({ done: request.params.action, result: action(sandbox, fields) ?? null });
    } catch (error) {
      response.status(400).json({ error: error instanceof Error ? error.message : 'not possible' });
    }
  });
}

const ACTIONS: ReadonlyMap<string, (sandbox: NexudusParts, body: Body) => unknown> = new Map([
  ['seed', (sandbox: NexudusParts, body: Body) => void sandbox.seed(number(body, 'count'))],
  ['add-coworker', ({ space }, body) => space.addCoworker(text(body, 'name'))],
  ['suspend', ({ space }, body) => space.suspend(number(body, 'coworkerId'))],
  ['archive', ({ space }, body) => space.archive(number(body, 'coworkerId'))],
  ['set-pin', ({ space }, body) => space.changeCoworker(number(body, 'coworkerId'), { AccessPincode: text(body, 'pin') })],
  ['add-contract', ({ space }, body) => space.addContract(number(body, 'coworkerId'), number(body, 'tariffId'))],
  ['cancel-contract', ({ space }, body) => space.cancelContract(number(body, 'contractId'), text(body, 'at'))],
  ['give-pass', ({ space }, body) => space.givePass(number(body, 'coworkerId'), number(body, 'timePassId'))],
  ['book', ({ space }, body) => space.book(number(body, 'coworkerId'), number(body, 'resourceId'), text(body, 'from'), text(body, 'to'))],
  ['move-booking', ({ space }, body) => space.moveBooking(number(body, 'bookingId'), text(body, 'from'), text(body, 'to'))],
  ['approve-booking', ({ space }, body) => space.approveBooking(number(body, 'bookingId'))],
  ['cancel-booking', ({ space }, body) => space.cancelBooking(number(body, 'bookingId'))],
  ['tick', ({ space }) => space.tick()],
  ['outage', ({ server }) => server.faults.add({ kind: 'status', status: 503, on: '/api/' })],
  ['recover', ({ server }) => server.faults.clear()],
]);

function number(body: Body, name: string): number {
  const value = body[name];
  if (typeof value !== 'number') throw new Error(`${name} must be a number`);
  return value;
}

function text(body: Body, name: string): string {
  const value = body[name];
  if (typeof value !== 'string') throw new Error(`${name} must be a text`);
  return value;
}
