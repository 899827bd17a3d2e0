import { ControllerSandbox } from '../sandbox/controller/sandbox.js';
import type { Api } from './api.js';
import type { DoorPlan, Hours, SitePlan } from './business.js';

/** A door as it was made. */
export interface Door {
  readonly id: string;
  readonly plan: DoorPlan;
}

/** A site with its doors, and the page of the controller that moves them: `<url>/_control`. */
export interface Furnished {
  readonly name: string;
  readonly doors: readonly Door[];
  readonly url: string;
  stop(): Promise<void>;
}

type Made = { readonly id: string };

/** Does what an admin does: sites, doors, who opens them and when; and mounts a controller at each site. Groups by name. */
export async function furnish(api: Api, sites: readonly SitePlan[], memberGroups: ReadonlyMap<string, string>): Promise<Furnished[]> {
  const permissions = new Map<string, object[]>([...memberGroups.keys()].map((name) => [name, []]));
  const built: { readonly plan: SitePlan; readonly doors: readonly Door[] }[] = [];
  for (const plan of sites) {
    const site = await api.send<Made>('POST', '/sites', { name: plan.name, timeZone: plan.timeZone });
    const doors: Door[] = [];
    for (const door of plan.doors) {
      const { id } = await api.send<Made>('POST', '/doors', { name: door.name, siteId: site.id });
      const schedule = door.hours === undefined ? {} : { scheduleId: await makeSchedule(api, site.id, door.hours) };
      for (const group of door.groups) permissions.get(group)?.push({ doorId: id, ...schedule });
      doors.push({ id, plan: door });
    }
    built.push({ plan, doors });
  }
  for (const [name, id] of memberGroups) await api.send('PATCH', `/member-groups/${id}`, { permissions: permissions.get(name) ?? [] });
  const mounted: Furnished[] = [];
  for (const { plan, doors } of built) mounted.push(await mountController(api, plan, doors));
  return mounted;
}

async function makeSchedule(api: Api, siteId: string, { name, days }: Hours): Promise<string> {
  return (await api.send<Made>('POST', '/schedules', { name, siteId, days })).id;
}

async function mountController(api: Api, { name, timeZone }: SitePlan, doors: readonly Door[]): Promise<Furnished> {
  const account = { name: `${name}, controller`, doorIds: doors.map(({ id }) => id) };
  const { token } = await api.send<Made & { token: string }>('POST', '/controllers', account);
  const names = new Map(doors.map(({ id, plan }) => [id, plan.name]));
  const sandbox = await new ControllerSandbox({ site: name, timeZone, serverUrl: api.url, token, doors: names }).start();
  return { name, doors, url: sandbox.url, stop: () => sandbox.stop() };
}
