import type { SandboxClock } from '../kernel/clock.js';
import type { Booking } from './records.js';
import type { Tables } from './tables.js';

/** Minutes before the start and after the end of a booking within which Nexudus counts it. */
export const ACS_MARGIN_MINUTES = 15;
const MARGIN_MS = ACS_MARGIN_MINUTES * 60_000;

/** As set under Settings > Integrations > Custom ACS. */
export interface CustomAcsSettings {
  readonly groupsUrl: string;
  readonly groupsToken?: string;
  readonly webhookUrl: string;
  readonly webhookToken?: string;
}

interface Entry {
  readonly group: string;
  readonly expires_on: string | null;
}

/** Nexudus works out itself who is in which group of the door system, and says so on every change. */
export class CustomAcs {
  settings: CustomAcsSettings | null = null;
  /** What the groups endpoint said last. */
  groups: readonly { readonly id: string; readonly name: string }[] = [];
  readonly pushed: { readonly body: unknown; status: number }[] = [];
  readonly #clock: SandboxClock;
  readonly #tables: Tables;
  readonly #underWay = new Set<Promise<void>>();

  constructor(clock: SandboxClock, tables: Tables) {
    this.#clock = clock;
    this.#tables = tables;
  }

  /** Asks the door system for its groups, as the admin page does. */
  async fetchGroups(): Promise<void> {
    if (this.settings === null) throw new Error('Custom ACS is not set up');
    const { groupsUrl, groupsToken } = this.settings;
    const [business] = this.#tables.all('Business');
    const response = await fetch(groupsUrl, {
      headers: {
        ...bearer(groupsToken),
        'X-Nexudus-Business-UniqueId': business?.UniqueId ?? '',
        'X-Nexudus-User-UniqueId': '44444444-2222-4333-8444-555555555555',
      },
    });
    this.groups = (await response.json()) as { id: string; name: string }[];
  }

  /** Says in which groups the coworker is now. */
  push(coworkerId: number): void {
    if (this.settings === null) return;
    const { webhookUrl, webhookToken } = this.settings;
    const sent = { body: this.#stateOf(coworkerId), status: 0 };
    this.pushed.push(sent);
    const headers = { 'content-type': 'application/json', ...bearer(webhookToken) };
    const work = fetch(webhookUrl, { method: 'POST', headers, body: JSON.stringify(sent.body) })
      .then(
        (response) => {
          sent.status = response.status;
        },
        () => undefined,
      )
      .finally(() => this.#underWay.delete(work));
    this.#underWay.add(work);
  }

  async settled(): Promise<void> {
    while (this.#underWay.size > 0) await Promise.all(this.#underWay);
  }

  #stateOf(coworkerId: number): unknown {
    const coworker = this.#tables.get('Coworker', coworkerId);
    const business = this.#tables.get('Business', coworker.InvoicingBusinessId);
    const schedule = coworker.Active && !coworker.Archived ? this.#schedule(coworkerId) : [];
    return {
      time: this.#tables.stamp(),
      business: { id: business.Id, name: business.Name, uniqueId: business.UniqueId },
      coworker: {
        id: coworker.Id,
        fullName: coworker.FullName,
        email: coworker.Email,
        uniqueId: coworker.UniqueId,
        accessPincode: coworker.AccessPincode,
        accessCardId: coworker.AccessCardId,
        keyFobNumber: coworker.KeyFobNumber,
      },
      groups: [...new Set(schedule.map(({ group }) => group))],
      schedule: schedule.filter(({ expires_on }) => expires_on !== null),
    };
  }

  #schedule(coworkerId: number): Entry[] {
    const bookings = this.#tables.all('Booking').filter((booking) => booking.CoworkerId === coworkerId && this.#isNow(booking));
    const desks = this.#tables
      .all('CoworkerContract')
      .filter((contract) => contract.CoworkerId === coworkerId && contract.Active && !contract.InPausedPeriod)
      .flatMap((contract) => contract.Desks.map((desk) => ({ desk, until: contract.CancellationDate })));
    return [
      ...bookings.map((booking) => ({
        group: booking.ResourceId === null ? null : (this.#tables.find('Resource', booking.ResourceId)?.AccessControlGroupId ?? null),
        expires_on: new Date(Date.parse(booking.ToTime) + MARGIN_MS).toISOString(),
      })),
      ...desks.map(({ desk, until }) => ({
        group: this.#tables.find('FloorPlanDesk', desk)?.AccessControlGroupId ?? null,
        expires_on: until,
      })),
    ].flatMap(({ group, expires_on }) => (group === null ? [] : [{ group, expires_on }]));
  }

  #isNow({ FromTime, ToTime, Tentative }: Booking): boolean {
    const now = this.#clock.now();
    return !Tentative && Date.parse(FromTime) - MARGIN_MS <= now && now < Date.parse(ToTime) + MARGIN_MS;
  }
}

function bearer(token: string | undefined): Record<string, string> {
  return token === undefined ? {} : { authorization: `Bearer ${token}` };
}
