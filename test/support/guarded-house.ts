import { VirtualController } from '../../sandbox/controller/controller.js';
import { epochMs } from '../../src/domain/time.js';
import type { WeeklyHours } from '../../src/domain/doors.js';
import type { SourceWorld } from './source-world.js';

/** A door of the house that is mapped for a guest, and one that is not. */
export const DOORS = ['Front door', 'Room', 'Next room', 'Cellar'] as const;
export type DoorName = (typeof DOORS)[number];

/** Of each door, by name. */
export type AtDoors = Readonly<Record<DoorName, string>>;

interface Use {
  readonly id: string;
  readonly occurredAt: string;
  readonly result: string;
  readonly memberId: string | null;
  readonly object: { readonly id: string };
}

type Made = { readonly id: string };

/**
 * A house in Madrid with a virtual controller. Two resources of a source can be mapped: one opens *Front door* and *Room*,
 * the other *Front door* and *Next room*. Nobody opens *Cellar*.
 */
export class GuardedHouse {
  readonly world: SourceWorld;
  readonly doors: ReadonlyMap<DoorName, string>;
  readonly controller: VirtualController;
  /** Member groups of the one resource, and of the other. */
  readonly own: readonly string[];
  readonly others: readonly string[];

  constructor(made: Pick<GuardedHouse, 'world' | 'doors' | 'controller' | 'own' | 'others'>) {
    this.world = made.world;
    this.doors = made.doors;
    this.controller = made.controller;
    this.own = made.own;
    this.others = made.others;
  }

  /** @param hours in which all doors open; null: always */
  static async build(world: SourceWorld, hours: WeeklyHours | null): Promise<GuardedHouse> {
    const make = async (path: string, body: object) => (await world.api.take<Made>('POST', path, body)).id;
    const siteId = await make('/sites', { name: 'House', timeZone: 'Europe/Madrid' });
    const doors = new Map<DoorName, string>();
    for (const name of DOORS) doors.set(name, await make('/doors', { name, siteId }));
    const schedule = hours === null ? {} : { scheduleId: await make('/schedules', { name: 'Hours', siteId, days: hours }) };
    const groupFor = (name: DoorName) => make('/member-groups', { name, permissions: [{ doorId: doors.get(name), ...schedule }] });
    const front = await groupFor('Front door');
    const account = { name: 'House', doorIds: [...doors.values()] };
    const { token } = await world.api.take<{ token: string }>('POST', '/controllers', account);
    const now = () => epochMs(world.now);
    const controller = new VirtualController({ serverUrl: world.url, token, doorIds: account.doorIds, now });
    controller.start();
    const groups = { own: [front, await groupFor('Room')], others: [front, await groupFor('Next room')] };
    return new GuardedHouse({ world, doors, controller, ...groups });
  }

  door(name: DoorName): string {
    const id = this.doors.get(name);
    if (id === undefined) throw new Error(`no door ${name}`);
    return id;
  }

  /** The reason that each door gives for this PIN, while the controller asks the server. */
  async online(pin: string): Promise<AtDoors> {
    return this.#atEach(pin, 'server');
  }

  /** The same while the line is cut. It is restored, and the list is fetched anew. */
  async offline(pin: string): Promise<AtDoors> {
    this.controller.cut();
    const found = await this.#atEach(pin, 'list');
    await this.controller.restore();
    return found;
  }

  /** What became of pressing the button of each door. */
  async pressed(press: (doorId: string) => Promise<string>): Promise<AtDoors> {
    return this.#each((id) => press(id));
  }

  /** Openings and attempts at all doors since a moment, in the order in which they happened. */
  async uses(since: string): Promise<readonly Use[]> {
    const path = `/events?objectType=door&verb=use&order=occurredAt&occurredSince=${since}`;
    return (await this.world.api.all<Use>(path)).reverse();
  }

  async #atEach(pin: string, by: 'server' | 'list'): Promise<AtDoors> {
    return this.#each(async (id) => {
      const entered = await this.controller.enter(id, 'pin', pin);
      if (entered.by !== by) throw new Error(`decided by the ${entered.by}`);
      return entered.reason;
    });
  }

  async #each(work: (doorId: string) => Promise<string>): Promise<AtDoors> {
    return {
      'Front door': await work(this.door('Front door')),
      Room: await work(this.door('Room')),
      'Next room': await work(this.door('Next room')),
      Cellar: await work(this.door('Cellar')),
    };
  }
}
