import { GoogleWorkspaceSandbox } from '../sandbox/google-workspace/google-workspace-sandbox.js';
import { type Business, OFFICE_HOURS } from './business.js';

/** A company in Google Workspace: its groups open doors, also through the groups inside of them. */
export const COMPANY: Business = {
  name: 'Acme',
  system: 'Google Workspace',
  person: 'user',
  resources: 'groups',
  zone: 'Europe/Berlin',
  map: { 'Doors HQ': ['Headquarters'], 'Night shift': ['Loading bay'] },
  sites: [
    {
      name: 'Acme HQ',
      timeZone: 'Europe/Berlin',
      doors: [
        { name: 'Front door', groups: ['Headquarters'] },
        { name: 'Offices', groups: ['Headquarters'], hours: OFFICE_HOURS },
        { name: 'Loading bay', groups: ['Loading bay'] },
      ],
    },
  ],
  start: async () => {
    const sandbox = (await new GoogleWorkspaceSandbox().start()).sample();
    return {
      url: sandbox.url,
      connection: { kind: 'google_workspace', ...sandbox.connection() },
      trial: { what: 'Hugo Berg is suspended', action: 'suspendUser', fields: { user: 'hugo.berg@acme.test' } },
      stop: () => sandbox.stop(),
    };
  },
};
