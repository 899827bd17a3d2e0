import { DateTime } from 'luxon';
import { instant } from '../../src/domain/time.js';
import type { SandboxClock } from '../kernel/clock.js';

export const ACCOUNT_ID = '64b7efffa1d3e40012aa0001';

export interface Listing {
  readonly _id: string;
  readonly type: 'SINGLE' | 'MTL' | 'MTL_CHILD';
  readonly parentId: string | null;
  readonly nickname: string;
  readonly title: string;
  readonly timezone: string;
  readonly defaultCheckInTime: string;
  readonly defaultCheckOutTime: string;
  readonly active: boolean;
  readonly pmsActive: boolean;
}

export interface Reservation {
  readonly _id: string;
  /** Channel bookings and those of old cannot be changed through v3 notes. */
  readonly madeBy: 'channel' | 'v3';
  readonly listingId: string | null;
  readonly parentId: string | null;
  readonly status: string;
  readonly confirmationCode: string;
  readonly checkIn: string | null;
  readonly checkOut: string | null;
  readonly checkInDateLocalized: string;
  readonly checkOutDateLocalized: string;
  readonly plannedArrival: string | null;
  readonly plannedDeparture: string | null;
  readonly guest: { readonly firstName: string; readonly lastName: string; readonly email: string | null };
  readonly keyCode: string | null;
  readonly guestStay: string;
  readonly createdAt: string;
  readonly lastUpdatedAt: string;
}

export type NewReservation = Partial<Omit<Reservation, 'createdAt' | 'lastUpdatedAt' | 'parentId'>> & {
  readonly listingId: string;
  readonly checkInDateLocalized: string;
  readonly checkOutDateLocalized: string;
};

export type Change = (event: 'created' | 'updated', reservation: Reservation) => void;

/** What the simulated Guesty knows: listings and reservations. Every change of a reservation is told to `onChange`. */
export class World {
  readonly listings = new Map<string, Listing>();
  readonly reservations = new Map<string, Reservation>();
  onChange: Change = () => undefined;
  readonly #clock: SandboxClock;
  #made = 0;
  #last = 0;

  constructor(clock: SandboxClock) {
    this.#clock = clock;
  }

  addListing(given: Partial<Listing> & { readonly nickname: string }): Listing {
    this.#made += 1;
    const parentId = given.parentId ?? null;
    const listing: Listing = {
      _id: `64b7f0c2a1d3e40012${hex(this.#made, 6)}`,
      type: parentId === null ? 'SINGLE' : 'MTL_CHILD',
      parentId,
      title: given.nickname,
      timezone: 'Europe/Lisbon',
      defaultCheckInTime: '15:00',
      defaultCheckOutTime: '11:00',
      active: true,
      pmsActive: true,
      ...given,
    };
    this.listings.set(listing._id, listing);
    const parent = parentId === null ? undefined : this.listings.get(parentId);
    if (parent !== undefined) this.listings.set(parent._id, { ...parent, type: 'MTL' });
    return listing;
  }

  changeListing(id: string, changes: Partial<Listing>): void {
    this.listings.set(id, { ...this.#listing(id), ...changes });
  }

  removeListing(id: string): void {
    this.listings.delete(id);
  }

  /** Confirmed, with the UTC times of the listing's usual hours, unless told otherwise. */
  create(given: NewReservation): Reservation {
    this.#made += 1;
    const at = this.#stamp();
    const listing = this.#listing(given.listingId);
    const reservation: Reservation = {
      _id: `66a0c0ffee${hex(this.#made, 14)}`,
      madeBy: 'channel',
      parentId: listing.type === 'MTL' ? listing._id : listing.parentId,
      status: 'confirmed',
      confirmationCode: `HM${hex(this.#made, 8).toUpperCase()}`,
      checkIn: utc(given.checkInDateLocalized, listing.defaultCheckInTime, listing.timezone),
      checkOut: utc(given.checkOutDateLocalized, listing.defaultCheckOutTime, listing.timezone),
      plannedArrival: null,
      plannedDeparture: null,
      guest: { firstName: 'Ada', lastName: 'Park', email: 'ada@example.test' },
      keyCode: null,
      guestStay: 'not_set',
      ...given,
      createdAt: at,
      lastUpdatedAt: at,
    };
    this.reservations.set(reservation._id, reservation);
    this.onChange('created', reservation);
    return reservation;
  }

  change(id: string, changes: Partial<Reservation>): Reservation {
    const changed: Reservation = { ...this.#reservation(id), ...changes, lastUpdatedAt: this.#stamp() };
    this.reservations.set(id, changed);
    this.onChange('updated', changed);
    return changed;
  }

  /** New dates, with the UTC times that go with them. */
  moveDates(id: string, checkInDateLocalized: string, checkOutDateLocalized: string): Reservation {
    const { timezone, defaultCheckInTime, defaultCheckOutTime } = this.#listing(this.#reservation(id).listingId ?? '');
    return this.change(id, {
      checkInDateLocalized,
      checkOutDateLocalized,
      checkIn: utc(checkInDateLocalized, defaultCheckInTime, timezone),
      checkOut: utc(checkOutDateLocalized, defaultCheckOutTime, timezone),
    });
  }

  /** Leaves `checkIn` and `checkOut` as they were, as Guesty does. */
  plan(id: string, times: { readonly plannedArrival?: string | null; readonly plannedDeparture?: string | null }): Reservation {
    return this.change(id, times);
  }

  cancel(id: string): Reservation {
    return this.change(id, { status: 'canceled' });
  }

  setStatus(id: string, status: string): Reservation {
    return this.change(id, { status });
  }

  /** To a sub-unit, or to another listing altogether. */
  move(id: string, listingId: string): Reservation {
    const { type, parentId } = this.#listing(listingId);
    return this.change(id, { listingId, parentId: type === 'MTL' ? listingId : parentId });
  }

  /** Without a trace, which Guesty does not do by itself. */
  remove(id: string): void {
    this.reservations.delete(id);
  }

  #listing(id: string): Listing {
    const found = this.listings.get(id);
    if (found === undefined) throw new Error(`no listing ${id}`);
    return found;
  }

  #reservation(id: string): Reservation {
    const found = this.reservations.get(id);
    if (found === undefined) throw new Error(`no reservation ${id}`);
    return found;
  }

  /** Never the same twice, so that every change shows in `lastUpdatedAt`. */
  #stamp(): string {
    this.#last = Math.max(this.#clock.now(), this.#last + 1);
    return instant(this.#last);
  }
}

/** A local time as Guesty's UTC form. */
export function utc(date: string, time: string, zone: string): string {
  return instant(DateTime.fromISO(`${date}T${time}`, { zone }).toMillis());
}

function hex(value: number, width: number): string {
  return value.toString(16).padStart(width, '0');
}
