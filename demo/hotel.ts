import { sampleHotel } from '../sandbox/cloudbeds/sample.js';
import { CloudbedsSandbox } from '../sandbox/cloudbeds/sandbox.js';
import type { Business } from './business.js';

/** A hotel with door keys in Cloudbeds: everybody may enter the lobby, and the own room. */
export const HOTEL: Business = {
  name: 'Hotel Vela',
  system: 'Cloudbeds',
  person: 'guest',
  resources: 'rooms',
  zone: 'America/Santiago',
  map: {
    '101': ['Lobby', 'Room 101'],
    '102': ['Lobby', 'Room 102'],
    '201': ['Lobby', 'Room 201'],
    '202': ['Lobby', 'Room 202'],
  },
  sites: [
    {
      name: 'Hotel Vela',
      timeZone: 'America/Santiago',
      doors: [
        { name: 'Front door', groups: ['Lobby'] },
        ...['Room 101', 'Room 102', 'Room 201', 'Room 202'].map((name) => ({ name, groups: [name] })),
      ],
    },
  ],
  start: async () => {
    const sandbox = await new CloudbedsSandbox().start();
    sampleHotel(sandbox);
    const [inHouse] = sandbox.world.reservations.keys();
    return {
      url: sandbox.server.url,
      connection: {
        kind: 'cloudbeds',
        config: { apiBaseUrl: sandbox.apiBaseUrl, servicesBaseUrl: sandbox.servicesBaseUrl, propertyId: sandbox.propertyId },
        secrets: { apiKey: sandbox.grants.apiKey },
        settings: { autoCreatePin: true },
      },
      trial: { what: "Ada Park's stay is cancelled", action: 'cancel', fields: { reservationID: inHouse ?? '' } },
      stop: () => sandbox.stop(),
    };
  },
};
