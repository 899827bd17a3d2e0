import { DEFAULT_SETTINGS } from '../../src/domain/integration.js';
import { type Person, sideOfUser, type Step } from './life.js';

const HOUR_MINUTES = 60;

interface Rules {
  arrival: number;
  departure: number;
}

/**
 * What the sources and the admin have said so far, and who may open what by it: written from product.md section 5, in the
 * simplest way there is. It knows nothing of members, credentials and plans.
 */
export class LifeModel {
  readonly people: (Person | null)[] = [];
  readonly groups: ({ readonly users: Set<number>; readonly children: Set<number> } | null)[] = [];
  readonly #mappings = new Map<string, readonly number[]>();
  readonly #rules: readonly [Rules, Rules] = [
    { arrival: DEFAULT_SETTINGS.arrivalBufferMinutes, departure: DEFAULT_SETTINGS.departureBufferMinutes },
    { arrival: DEFAULT_SETTINGS.arrivalBufferMinutes, departure: DEFAULT_SETTINGS.departureBufferMinutes },
  ];

  /** Whether the Group would contain itself. */
  closesCircle(group: number, child: number): boolean {
    return group === child || this.#below(child).has(group);
  }

  take(step: Step): void {
    switch (step.what) {
      case 'put user':
        this.people[step.user] = step.person;
        break;
      case 'delete user':
        this.people[step.user] = null;
        for (const group of this.groups) group?.users.delete(step.user);
        break;
      case 'create group':
        this.groups[step.group] = { users: new Set(), children: new Set() };
        break;
      case 'delete group':
        this.groups[step.group] = null;
        for (const group of this.groups) group?.children.delete(step.group);
        // A mapping stays with the id that is gone; the next Group in this place is another one.
        this.#mappings.delete(`${step.group}`);
        break;
      case 'add':
        this.groups[step.group]?.users.add(step.user);
        break;
      case 'remove':
        this.groups[step.group]?.users.delete(step.user);
        break;
      case 'nest':
        this.groups[step.group]?.children.add(step.child);
        break;
      case 'unnest':
        this.groups[step.group]?.children.delete(step.child);
        break;
      case 'map':
        this.#mappings.set(step.group === 'all' ? `all ${step.side}` : `${step.group}`, step.to);
        break;
      case 'set':
        this.#set(step);
        break;
      default:
        break;
    }
  }

  /** The member groups that the User opens at this moment, in hours from the start; sorted. */
  opens(user: number, hours: number): number[] {
    const person = this.people[user];
    if (person == null || !person.active || !this.#isInside(person, sideOfUser(user), hours)) return [];
    const resources = [`all ${sideOfUser(user)}`];
    for (const [group] of this.groups.entries()) if (this.#below(group).has(group) && this.#holds(group, user)) resources.push(`${group}`);
    return [...new Set(resources.flatMap((resource) => this.#mappings.get(resource) ?? []))].sort();
  }

  #isInside({ fromHour, untilHour }: Person, side: 0 | 1, hours: number): boolean {
    const { arrival, departure } = this.#rules[side];
    if (fromHour !== null && hours < fromHour - arrival / HOUR_MINUTES) return false;
    return untilHour === null || hours < untilHour + departure / HOUR_MINUTES;
  }

  #holds(group: number, user: number): boolean {
    return [...this.#below(group)].some((below) => this.groups[below]?.users.has(user));
  }

  /** The Group and all in it; empty when there is none. */
  #below(group: number, seen = new Set<number>()): Set<number> {
    const found = this.groups[group];
    if (found == null || seen.has(group)) return seen;
    seen.add(group);
    for (const child of found.children) this.#below(child, seen);
    return seen;
  }

  #set({ side, settings }: Extract<Step, { what: 'set' }>): void {
    const rules = this.#rules[side];
    if (typeof settings['arrivalBufferMinutes'] === 'number') rules.arrival = settings['arrivalBufferMinutes'];
    if (typeof settings['departureBufferMinutes'] === 'number') rules.departure = settings['departureBufferMinutes'];
  }
}
