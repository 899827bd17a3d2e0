import { NexudusSandbox } from '../sandbox/nexudus/sandbox.js';
import type { Business, Hours } from './business.js';

const DAY = [{ from: '07:00', to: '22:00' }];
const OPENING_HOURS: Hours = { name: 'daily 07:00–22:00', days: [DAY, DAY, DAY, DAY, DAY, DAY, DAY] };

/** A coworking space in Nexudus: contracts, day passes and bookings, with the PINs and cards that coworkers have there. */
export const COWORKING: Business = {
  name: 'Harbour Works',
  system: 'Nexudus',
  person: 'coworker',
  resources: 'plans, desks and rooms',
  zone: 'Europe/Madrid',
  map: {
    'Hot desk': ['Main entrance'],
    'Private office': ['Main entrance', 'Office floor'],
    'Day pass': ['Main entrance'],
    'Small meeting room': ['Small meeting room'],
    'Podcast studio': ['Main entrance', 'Podcast studio'],
  },
  sites: [
    {
      name: 'Harbour Works',
      timeZone: 'Europe/Madrid',
      doors: [
        { name: 'Entrance', groups: ['Main entrance', 'Small meeting room'] },
        { name: 'Desk room', groups: ['Main entrance'] },
        { name: 'Offices', groups: ['Office floor'] },
        { name: 'Meeting room', groups: ['Small meeting room'], hours: OPENING_HOURS },
        { name: 'Podcast studio', groups: ['Podcast studio'] },
      ],
    },
  ],
  start: async () => {
    const sandbox = (await new NexudusSandbox().start()).sampleSpace();
    // Latchkey keeps its pace by itself. On a busy machine a request that is late by a moment would be refused for a second.
    sandbox.throttle.limits = [];
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
