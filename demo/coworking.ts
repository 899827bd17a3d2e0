import { NexudusSandbox } from '../sandbox/nexudus/sandbox.js';
import type { Business } from './business.js';

/** A coworking space in Nexudus: contracts, day passes and bookings, with the PINs and cards that coworkers have there. */
export const COWORKING: Business = {
  name: 'Harbour Works',
  system: 'Nexudus',
  people: ['coworker', 'coworkers'],
  zone: 'Europe/Madrid',
  map: {
    'Hot desk': ['Main entrance'],
    'Private office': ['Main entrance', 'Office floor'],
    'Day pass': ['Main entrance'],
    'Small meeting room': ['Small meeting room'],
    'Podcast studio': ['Main entrance', 'Podcast studio'],
  },
  start: async () => {
    const sandbox = (await new NexudusSandbox().start()).sampleSpace();
    const [ada] = sandbox.tables.all('Coworker');
    return {
      url: sandbox.server.url,
      connection: {
        kind: 'nexudus',
        config: { apiBaseUrl: sandbox.apiBaseUrl },
        secrets: sandbox.signIn.account,
        settings: { syncCards: true },
      },
      trial: { what: 'Ada Park is suspended', action: 'suspend', fields: { coworkerId: String(ada?.Id ?? '') } },
      stop: () => sandbox.stop(),
    };
  },
};
