import { setTimeout as wait } from 'node:timers/promises';
import { type Api, Refused } from './api.js';
import type { Business, Played } from './business.js';
import { type Furnished, furnish } from './doors.js';

/** What a pull did, in numbers of Users. */
interface Run {
  readonly state: string;
  readonly created: number;
  readonly changed: number;
  readonly removed: number;
  readonly error: string | null;
}

interface Resource {
  readonly id: string;
  readonly displayName: string;
}

/** A business as it is once its admin is done. */
export interface Connected {
  readonly business: Business;
  readonly played: Played;
  readonly integrationId: string;
  readonly sites: readonly Furnished[];
  /** Users that the first sync brought, and resources that there are. */
  readonly imported: number;
  readonly resources: number;
  readonly mapped: number;
  /** Members that the previews of the map promised. */
  readonly promised: number;
  /** Users that the last sync after it touched. */
  readonly touched: number;
}

const CONFLICT = 409;
const LOOK_AGAIN_MS = 200;
const SYNCS_MAX = 4;

/** Does what an admin does: connect, import, furnish the doors, look at what a map would do, map, sync. */
export async function connect(api: Api, business: Business, played: Played): Promise<Connected> {
  const { id } = await api.send<{ id: string }>('POST', '/integrations', { name: business.name, ...played.connection });
  await firstSync(api, id);
  const imported = await api.send<{ data: readonly unknown[] }>('GET', `/integrations/${id}/members?limit=100`);
  const { data: resources } = await api.send<{ data: Resource[] }>('GET', `/integrations/${id}/resources?limit=100`);
  const memberGroups = await makeMemberGroups(api, business);
  const sites = await furnish(api, business.sites, memberGroups);
  let promised = 0;
  for (const [name, places] of Object.entries(business.map)) {
    const resource = resources.find(({ displayName }) => displayName === name);
    if (resource === undefined) throw new Error(`${business.system} has no resource ${name}`);
    const mapping = { memberGroupIds: places.map((place) => memberGroups.get(place)) };
    const path = `/integrations/${id}/resources/${resource.id}/mapping`;
    const preview = await api.send<{ created: number }>('POST', `${path}/preview`, mapping);
    promised += preview.created;
    await api.send('PUT', path, mapping);
  }
  const touched = await syncUntilQuiet(api, id);
  return {
    ...{ business, played, integrationId: id, sites, promised },
    imported: imported.data.length,
    resources: resources.length,
    mapped: Object.keys(business.map).length,
    touched,
  };
}

/** By name: one for each place of the business. */
async function makeMemberGroups(api: Api, { map }: Business): Promise<ReadonlyMap<string, string>> {
  const made = new Map<string, string>();
  for (const name of new Set(Object.values(map).flat())) {
    const { id } = await api.send<{ id: string }>('POST', '/member-groups', { name });
    made.set(name, id);
  }
  return made;
}

/** The server begins one by itself soon after an integration is there; who is sooner does not wait for it. */
async function firstSync(api: Api, integrationId: string): Promise<void> {
  for (;;) {
    const { lastSync } = await api.send<{ lastSync: Pick<Run, 'state'> | null }>('GET', `/integrations/${integrationId}`);
    if (lastSync?.state === 'succeeded') return;
    if (lastSync?.state !== 'running') await syncNow(api, integrationId);
    else await wait(LOOK_AGAIN_MS);
  }
}

/** What is written back to the source, a door key, comes in once as a change; after that there is nothing to do. */
async function syncUntilQuiet(api: Api, integrationId: string): Promise<number> {
  let touched = 0;
  await writtenBack(api, integrationId);
  for (let syncs = 0; syncs < SYNCS_MAX; syncs += 1) {
    const { created, changed, removed } = await syncNow(api, integrationId);
    touched = created + changed + removed;
    if (touched === 0) break;
  }
  return touched;
}

/** The systems take one thing after the other: a hotel's door keys come into being in as many seconds as there are guests. */
async function writtenBack(api: Api, integrationId: string): Promise<void> {
  for (const state of ['waiting', 'sending'])
    while (
      (await api.send<{ data: unknown[] }>('GET', `/deliveries?state=${state}&integrationId=${integrationId}&limit=1`)).data.length > 0
    )
      await wait(LOOK_AGAIN_MS);
}

/** Until it has ended; one that runs already goes first. */
async function syncNow(api: Api, integrationId: string): Promise<Run> {
  for (;;) {
    try {
      const run = await api.send<Run>('POST', `/integrations/${integrationId}/sync`, { wait: true });
      if (run.state !== 'succeeded') throw new Error(`the sync ${run.state}: ${run.error ?? ''}`);
      return run;
    } catch (error) {
      if (!(error instanceof Refused && error.status === CONFLICT)) throw error;
      await wait(LOOK_AGAIN_MS);
    }
  }
}
