import { GuestySandbox } from '../sandbox/guesty/server.js';
import type { Business } from './business.js';

/** Holiday lets in Guesty: studios behind one street door, and flats and houses in several zones. */
export const HOLIDAY_LET: Business = {
  name: 'Harbour Stays',
  system: 'Guesty',
  person: 'guest',
  resources: 'listings',
  zone: 'Europe/Lisbon',
  zones: { 'Villa Alerce': 'America/Santiago', 'Garden Flat': 'Europe/Madrid' },
  map: {
    'Harbour Studios': ['Street door'],
    'Harbour Studios / Studio 101': ['Street door', 'Studio 101'],
    'Harbour Studios / Studio 102': ['Street door', 'Studio 102'],
    'Old Port Loft': ['Old Port Loft'],
    'Villa Alerce': ['Villa Alerce'],
    'Garden Flat': ['Garden Flat'],
  },
  sites: [
    {
      name: 'Harbour Studios',
      timeZone: 'Europe/Lisbon',
      doors: ['Street door', 'Studio 101', 'Studio 102', 'Old Port Loft'].map((name) => ({ name, groups: [name] })),
    },
    { name: 'Villa Alerce', timeZone: 'America/Santiago', doors: [{ name: 'House door', groups: ['Villa Alerce'] }] },
    { name: 'Garden Flat', timeZone: 'Europe/Madrid', doors: [{ name: 'Flat door', groups: ['Garden Flat'] }] },
  ],
  start: async () => {
    const sandbox = await new GuestySandbox().start(0, { ticking: true });
    sandbox.sample();
    const inHouse = [...sandbox.world.reservations.values()].find(({ status }) => status === 'checked_in');
    const guest = inHouse === undefined ? '' : `${inHouse.guest.firstName} ${inHouse.guest.lastName}`;
    return {
      url: sandbox.server.url,
      connection: {
        kind: 'guesty',
        config: { apiBaseUrl: sandbox.apiBaseUrl, tokenUrl: sandbox.tokenUrl },
        secrets: { clientId: sandbox.clientId, clientSecret: sandbox.clientSecret },
        settings: { arrivalBufferMinutes: 15 },
      },
      trial: { what: `${guest} leaves early`, action: 'status', fields: { id: inHouse?._id ?? '', status: 'checked_out' } },
      stop: () => sandbox.stop(),
    };
  },
};
