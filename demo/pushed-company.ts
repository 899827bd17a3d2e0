import { IdentityProvider, type Person } from '../sandbox/identity-provider.js';
import { MEMBER_GROUPS } from '../seeds/01_member_groups.js';
import type { Api } from './api.js';
import { OFFICE_HOURS, type Shown } from './business.js';
import { type Furnished, furnish } from './doors.js';

type MemberGroupId = (typeof MEMBER_GROUPS)[number]['id'];

/** A company whose identity provider pushes its people by SCIM. Its member groups are those of `seeds/`. */
export const PUSHED_COMPANY: Shown = {
  name: 'Harbour Ltd',
  system: 'identity provider, SCIM 2.0',
  person: 'user',
  zone: 'Europe/Amsterdam',
  sites: [
    {
      name: 'Harbour House',
      timeZone: 'Europe/Amsterdam',
      doors: [
        { name: 'Front door', groups: ['Front door'] },
        { name: 'Offices', groups: ['Offices'], hours: OFFICE_HOURS },
        { name: 'Server room', groups: ['Server room'] },
      ],
    },
  ],
};

/** The Groups that the company pushes, and the member groups that its admin maps them to. *Newsletter* shows what a map leaves out. */
const GROUPS: Readonly<Record<string, readonly MemberGroupId[]>> = {
  Staff: ['mg_demo_front_door', 'mg_demo_offices'],
  Administrators: ['mg_demo_server_room'],
  Contractors: ['mg_demo_front_door'],
  Newsletter: [],
};

const HOUR_MS = 3_600_000;

/** People around `now` (milliseconds): one of each kind that a product for doors has to get right. */
function peopleAt(now: number): Person[] {
  const at = (hours: number) => new Date(now + hours * HOUR_MS).toISOString();
  return [
    { id: 'p-1', name: 'Ann Example', email: 'ann@harbour.example', department: 'Facilities', groups: ['Staff'] },
    { id: 'p-2', name: 'Bo Lindqvist', email: 'bo@harbour.example', department: 'IT', groups: ['Staff', 'Administrators'] },
    {
      id: 'p-3',
      name: 'Chiara Rossi',
      email: 'chiara@contractor.example',
      department: 'Electricians',
      groups: ['Contractors'],
      access: () => ({ validFrom: at(24), validUntil: at(72) }),
    },
    {
      id: 'p-4',
      name: 'Dana Weiss',
      email: 'dana@harbour.example',
      department: 'Night shift',
      groups: ['Staff', 'Administrators'],
      access: (groupId) => ({
        accessPeriods: [
          { value: groupId('Administrators'), validFrom: at(-1), validUntil: at(7) },
          { value: groupId('Administrators'), validFrom: at(23), validUntil: at(31) },
        ],
      }),
    },
    { id: 'p-5', name: 'Emil Novak', email: 'emil@harbour.example', department: 'Sales', groups: ['Staff'], leaves: true },
    { id: 'p-6', name: 'Fay Okafor', email: 'fay@harbour.example', department: 'Marketing', groups: ['Newsletter'] },
  ];
}

export interface PushedCompany {
  readonly integrationId: string;
  readonly scimToken: string;
  readonly sites: readonly Furnished[];
  /** How many SCIM requests it took. */
  readonly requests: number;
}

/** Connects it, maps each Group as it comes, has everybody pushed, and furnishes the doors. */
export async function pushCompany(api: Api, now: number): Promise<PushedCompany> {
  const { id, token } = await api.send<{ id: string; token: string }>('POST', '/integrations', { kind: 'scim', name: PUSHED_COMPANY.name });
  const idp = new IdentityProvider(`${api.url}/scim/v2`, token);
  for (const [name, memberGroupIds] of Object.entries(GROUPS)) {
    const groupId = await idp.pushGroup(name);
    await api.send('PUT', `/integrations/${id}/resources/${groupId}/mapping`, { memberGroupIds });
  }
  for (const person of peopleAt(now)) await idp.pushPerson(person);
  const sites = await furnish(api, PUSHED_COMPANY.sites, new Map(MEMBER_GROUPS.map((group) => [group.name, group.id])));
  return { integrationId: id, scimToken: token, sites, requests: idp.exchanges.length };
}
