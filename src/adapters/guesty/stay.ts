import { type Instant, instant, type Window } from '../../domain/time.js';
import { LAST_INSTANT } from '../../domain/windows.js';
import { instantOf, minutesOf } from '../local-time.js';
import { UpstreamContract } from '../upstream-errors.js';
import type { GuestyListing, GuestyReservation } from './schema.js';

/** What the times of a stay depend on beside the reservation. */
export type Place = Pick<GuestyListing, 'timezone' | 'defaultCheckInTime' | 'defaultCheckOutTime'>;

interface Edge {
  readonly which: 'start' | 'end';
  readonly date: string | null;
  readonly planned: number | null;
  readonly utc: string | null;
  readonly usual: number;
}

const LAST_MS = Date.parse(LAST_INSTANT);
const UTC_TIME = /^\d{4}-\d{2}-\d{2}T.*(?:Z|[+-]\d{2}:?\d{2})$/;

/**
 * The stay as UTC instants, each side for itself: planned time on the local date, else the UTC time, else the usual time of
 * the listing, else 15:00 and 11:00. The UTC times come second because they stay as they were when somebody edits a
 * planned time. May end before it starts.
 *
 * @throws UpstreamContract when a side cannot be told
 */
export function stayOf(reservation: GuestyReservation, place: Place): Window {
  const { checkInDateLocalized, checkOutDateLocalized, plannedArrival, plannedDeparture, checkIn, checkOut } = reservation;
  return {
    startsAt: instantOfEdge(
      {
        which: 'start',
        date: filled(checkInDateLocalized),
        planned: minutes(plannedArrival),
        utc: filled(checkIn),
        usual: minutes(place.defaultCheckInTime) ?? 15 * 60,
      },
      filled(place.timezone),
    ),
    endsAt: instantOfEdge(
      {
        which: 'end',
        date: filled(checkOutDateLocalized),
        planned: minutes(plannedDeparture),
        utc: filled(checkOut),
        usual: minutes(place.defaultCheckOutTime) ?? 11 * 60,
      },
      filled(place.timezone),
    ),
  };
}

/** Can both sides be told without knowing more of the listing? */
export function needsPlace({ listing }: GuestyReservation): boolean {
  return filled(listing?.timezone) === null;
}

function instantOfEdge({ which, date, planned, utc, usual }: Edge, zone: string | null): Instant {
  if (date !== null && zone !== null && planned !== null) return instantOf({ date, minutes: planned }, zone, which);
  const at = utc !== null && UTC_TIME.test(utc) ? Date.parse(utc) : Number.NaN;
  if (at <= LAST_MS) return instant(at);
  if (date !== null && zone !== null) return instantOf({ date, minutes: usual }, zone, which);
  throw new UpstreamContract(`A reservation has no time at which it ${which === 'start' ? 'starts' : 'ends'}.`);
}

function filled(text: string | null | undefined): string | null {
  return text === undefined || text === null || text === '' ? null : text;
}

function minutes(text: string | null | undefined): number | null {
  return minutesOf(text ?? '');
}
