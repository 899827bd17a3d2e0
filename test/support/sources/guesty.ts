import { GuestySandbox } from '../../../sandbox/guesty/server.js';
import type { SimulatedSource, TroubledSource } from '../simulated-source.js';

const LONG = { checkInDateLocalized: '2026-11-20', checkOutDateLocalized: '2026-12-20' };

export interface GuestySource extends SimulatedSource {
  readonly sandbox: GuestySandbox;
}

/** A simulated Guesty that is as quick as a test wants it: no limits, and secrets of webhooks at once. */
export async function guestySource(): Promise<GuestySource> {
  const sandbox = await new GuestySandbox().start();
  Object.assign(sandbox.switches, { unlimited: true, secretDelayMs: 0 });
  const { apiBaseUrl, tokenUrl, clientId, clientSecret, server } = sandbox;
  return {
    ...{ kind: 'guesty', sandbox, server, settings: {} },
    config: { apiBaseUrl, tokenUrl },
    secrets: { clientId, clientSecret },
    deliver: () => sandbox.webhooks.deliveries.flush(),
    stop: () => sandbox.stop(),
  };
}

/** Guests in one house, three pages of them at least. */
export async function troubledGuesty(): Promise<TroubledSource> {
  const source = await guestySource();
  const { sandbox } = source;
  const house = sandbox.world.addListing({ nickname: 'House' });
  const { clientId, clientSecret, world } = sandbox;
  return {
    ...source,
    settings: { writeBackPin: false },
    resource: 'House',
    others: 0,
    manyPages: 205,
    list: 'GET /v1/reservations?',
    thirdPage: 'skip=198',
    invite: (count) => Array.from({ length: count }, () => world.create({ listingId: house._id, ...LONG })._id),
    revoke: (id) => void world.cancel(id),
    lose: (id) => world.remove(id),
    conceal(id) {
      const concealed = world.reservations.get(id);
      if (concealed === undefined) throw new Error(`no reservation ${id}`);
      world.remove(id);
      return () => void world.reservations.set(id, concealed);
    },
    touch: (id) => void world.change(id, {}),
    async reorder(work) {
      const { deliveries } = sandbox.webhooks;
      deliveries.held = true;
      work();
      await deliveries.release({ reversed: true });
    },
    forge: (message) => ({ ...message, body: message.body.replace('"reservationId"', ' "reservationId"') }),
    hide: (hidden) => void Object.assign(sandbox.switches, { emptyReservations: hidden }),
    refuse(refused) {
      sandbox.tokens.addClient(clientId, refused ? 'another one' : clientSecret);
      sandbox.tokens.expireAll();
    },
  };
}
