import { CloudbedsSandbox } from '../../../sandbox/cloudbeds/sandbox.js';
import type { SimulatedSource, TroubledSource } from '../simulated-source.js';

export interface CloudbedsSource extends SimulatedSource {
  readonly sandbox: CloudbedsSandbox;
}

/** A simulated hotel in Santiago, connected by an API key. */
export async function cloudbedsSource(): Promise<CloudbedsSource> {
  const sandbox = await new CloudbedsSandbox().start();
  const { apiBaseUrl, servicesBaseUrl, propertyId, server } = sandbox;
  return {
    ...{ kind: 'cloudbeds', sandbox, server, settings: {} },
    config: { apiBaseUrl, servicesBaseUrl, propertyId },
    secrets: { apiKey: sandbox.grants.apiKey },
    deliver: () => sandbox.hooks.flush(),
    stop: () => sandbox.stop(),
  };
}

/** Guests in one room, ten on a page. */
export async function troubledCloudbeds(): Promise<TroubledSource> {
  const source = await cloudbedsSource();
  const { world, switches, hooks } = source.sandbox;
  const { roomID: room } = world.addRoom('Room');
  switches.pageCap = 10;
  const reservationOf = (stay: string) => world.stay(stay).reservation.reservationID;
  return {
    ...source,
    resource: 'Room',
    others: 0,
    manyPages: 25,
    list: '/getReservations?',
    thirdPage: 'pageNumber=3',
    invite: (count) =>
      Array.from({ length: count }, () => {
        const [stay] = world.addReservation([{ room, checkIn: '2026-11-20', checkOut: '2026-12-20' }]).stays;
        return stay?.subReservationID ?? '';
      }),
    revoke: (stay) => world.cancel(reservationOf(stay)),
    lose: (stay) => void world.reservations.delete(reservationOf(stay)),
    conceal(stay) {
      const { reservation } = world.stay(stay);
      world.reservations.delete(reservation.reservationID);
      return () => void world.reservations.set(reservation.reservationID, reservation);
    },
    touch(stay) {
      const { reservationID, status } = world.stay(stay).reservation;
      world.setStatus(reservationID, status);
    },
    async reorder(work) {
      switches.hooks.reverse = true;
      work();
      await hooks.flush();
      switches.hooks.reverse = false;
    },
    forge: (message) => ({ ...message, body: message.body.replaceAll(source.sandbox.propertyId, '999999') }),
    hide: (hidden) => void Object.assign(switches, { emptyList: hidden }),
    refuse: (refused) => void Object.assign(switches, { approverGone: refused }),
  };
}
