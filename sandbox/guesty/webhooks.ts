import { createHash } from 'node:crypto';
import type { Express } from 'express';
import { instant } from '../../src/domain/time.js';
import type { SandboxClock } from '../kernel/clock.js';
import { jsonOf } from '../kernel/server.js';
import { Deliveries, type Target } from './deliveries.js';
import { text } from './records.js';
import type { Switches } from './switches.js';
import { type Row, reservationView } from './views.js';
import { ACCOUNT_ID, type Reservation, type World } from './world.js';

const REPLACED: ReadonlyMap<string, string> = new Map([
  ['reservation.new', 'reservation.created.v2'],
  ['reservation.updated', 'reservation.updated.v2'],
  ['reservation_update_shortlist', 'reservation.updated.v2'],
]);

interface Subscription extends Target {
  readonly _id: string;
  events: readonly string[];
  readonly createdAt: number;
}

/** Subscriptions with a secret for each address, and what is sent to them when the world changes. */
export class Webhooks {
  readonly deliveries: Deliveries;
  readonly subscriptions = new Map<string, Subscription>();
  readonly #clock: SandboxClock;
  readonly #switches: Switches;
  readonly #world: World;
  #made = 0;
  #events = 0;

  constructor(clock: SandboxClock, switches: Switches, world: World) {
    this.#clock = clock;
    this.#switches = switches;
    this.#world = world;
    this.deliveries = new Deliveries(clock, switches);
    world.onChange = (event, reservation) => this.tell(event, reservation);
  }

  /** An event about a reservation to all who want it. */
  tell(event: 'created' | 'updated', reservation: Reservation): void {
    const name = `reservation.${event}.v2`;
    for (const one of this.subscriptions.values()) {
      if (one.events.includes(name)) this.deliveries.enqueue(one, this.#payload(event, reservation));
    }
  }

  mount(app: Express): void {
    app.get('/v1/webhooks', (_request, response) => {
      response.json([...this.subscriptions.values()].map(shown));
    });
    app.post('/v1/webhooks', (request, response) => {
      const { url, events } = (jsonOf(request) ?? {}) as { readonly url?: string; readonly events?: readonly string[] };
      const replaced = this.#switches.refuseLegacyEvents ? (events ?? []).filter((event) => REPLACED.has(event)) : [];
      if (typeof url !== 'string' || !Array.isArray(events)) response.status(400).json({ message: 'url and events' });
      else if (replaced.length > 0) {
        const message = replaced.map((event) => `${event} is replaced by ${REPLACED.get(event)}`).join('; ');
        response.status(400).json({ error: { code: 'VALIDATION_FAILED', message, status: 400, data: replaced } });
      } else response.status(201).json(shown(this.subscribe(url, events)));
    });
    this.#mountOne(app);
  }

  /** One secret per address; after the last subscription of an address is gone, the next one has another. */
  subscribe(url: string, events: readonly string[]): Subscription {
    this.#made += 1;
    const same = [...this.subscriptions.values()].find((one) => one.url === url);
    const secret = same?.secret ?? `whsec_${createHash('sha256').update(`${url} ${this.#made}`).digest('base64')}`;
    const _id = `64b7f0c2a1d3e40012ef${this.#made.toString(16).padStart(4, '0')}`;
    const subscription: Subscription = { _id, url, events, secret, createdAt: this.#clock.now(), failingSince: null, disabled: false };
    this.subscriptions.set(_id, subscription);
    return subscription;
  }

  #mountOne(app: Express): void {
    app.get('/v1/webhooks-v2/secret', (request, response) => {
      const found = [...this.subscriptions.values()].find(({ url }) => url === text(request, 'url'));
      const isReady = found !== undefined && this.#clock.now() - found.createdAt >= this.#switches.secretDelayMs;
      if (isReady) response.json({ key: found.secret });
      else response.status(404).json({ message: 'Secret not found' });
    });
    app
      .route('/v1/webhooks/:id')
      .get(({ params: { id } }, response) => {
        const found = this.subscriptions.get(id);
        if (found === undefined) response.status(404).json({ message: 'Webhook not found' });
        else response.json(shown(found));
      })
      .put((request, response) => {
        const found = this.subscriptions.get(request.params.id);
        const { url, events } = (jsonOf(request) ?? {}) as { readonly url?: string; readonly events?: readonly string[] };
        if (found === undefined) return void response.status(404).json({ message: 'Webhook not found' });
        if (url !== found.url) return void response.status(400).json({ message: 'the url cannot be changed' });
        found.events = events ?? found.events;
        response.json(shown(found));
      })
      .delete(({ params: { id } }, response) => {
        response.status(this.subscriptions.delete(id) ? 204 : 404).end();
      });
  }

  #payload(event: 'created' | 'updated', reservation: Reservation): object {
    this.#events += 1;
    if (this.#switches.payload === 'legacy') {
      return {
        event: event === 'created' ? 'reservation.new' : 'reservation.updated',
        reservation: reservationView(reservation, this.#world, []),
      };
    }
    const meta = { eventId: `evt_${this.#events.toString().padStart(4, '0')}`, publishedAt: instant(this.#clock.now()) };
    const ids = { reservationId: reservation._id };
    const { listingId: unitId, parentId: unitTypeId, status, confirmationCode, checkInDateLocalized, checkOutDateLocalized } = reservation;
    const more = { accountId: ACCOUNT_ID, unitId, unitTypeId, status, confirmationCode, checkInDateLocalized, checkOutDateLocalized };
    return { event: `reservation.${event}.v2`, meta, data: this.#switches.payload === 'ids' ? ids : { ...ids, ...more } };
  }
}

function shown({ _id, url, events }: Subscription): Row {
  return { _id, accountId: ACCOUNT_ID, url, events };
}
