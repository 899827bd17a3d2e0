import { isValid, type Window } from '../../domain/time.js';
import { compareWindows, intersection, union } from '../../domain/windows.js';
import { instantOf } from '../local-time.js';
import type { Property } from './property.js';
import type { StayRow } from './reservation.js';
import { hasLeft, liveRows } from './status.js';

export type Hours = Pick<Property, 'zone' | 'checkIn' | 'checkOut'>;

/** A room, or none yet, for a time. */
export interface Span {
  readonly roomId: string | null;
  readonly window: Window;
}

/**
 * The rooms of one stay with their windows: from the check-in time of the first day to the check-out time of the last, in
 * the property's zone. Rows in the same room that follow each other are one. Rows that are over do not count unless all
 * are; a guest who has moved has the new room from the start of the stay on, not only from the check-in time of that day.
 */
export function spansOf(rows: readonly StayRow[], hours: Hours): readonly Span[] {
  const live = liveRows(rows);
  const joined = join(live.length > 0 ? live : rows);
  const [first, ...others] = joined;
  if (first === undefined) return [];
  const moved = live.length > 0 ? rows.find((row) => hasLeft(row) && row.startDate !== '' && row.startDate < first.startDate) : undefined;
  return [{ ...first, startDate: moved?.startDate ?? first.startDate }, ...others].flatMap((row) => {
    const window = windowOf(row, hours);
    return window === null ? [] : [{ roomId: row.roomId, window }];
  });
}

/**
 * The same spans while door keys stand for the stay: the keys say from when until when, the rows say where. With several
 * keys their times add up.
 */
export function spansWithKeys(spans: readonly Span[], rows: readonly StayRow[], keys: readonly Window[]): readonly Span[] {
  const windows = union(keys);
  const hull = hullOf(windows);
  if (hull === null) return [];
  const rooms = [...new Set((spans.length > 0 ? spans : liveRows(rows)).map(({ roomId }) => roomId))];
  if (rooms.length === 1) return windows.map((window) => ({ roomId: rooms[0] ?? null, window }));
  return spans.flatMap(({ roomId, window }, at) => {
    const stretched = {
      startsAt: at === 0 ? hull.startsAt : window.startsAt,
      endsAt: at === spans.length - 1 ? hull.endsAt : window.endsAt,
    };
    return windows.flatMap((one) => {
      const both = intersection(stretched, one);
      return both === null ? [] : [{ roomId, window: both }];
    });
  });
}

/** From the first start to the last end; null without any. */
export function hullOf(windows: readonly Window[]): Window | null {
  const [first, ...others] = [...windows].sort(compareWindows);
  if (first === undefined) return null;
  return others.reduce<Window>(
    (hull, { endsAt }) => ({
      startsAt: hull.startsAt,
      endsAt: hull.endsAt === null || (endsAt !== null && endsAt < hull.endsAt) ? hull.endsAt : endsAt,
    }),
    first,
  );
}

function join(rows: readonly StayRow[]): StayRow[] {
  const joined: StayRow[] = [];
  for (const row of rows) {
    const last = joined.at(-1);
    if (last !== undefined && last.roomId === row.roomId && last.endDate !== '' && row.startDate !== '' && row.startDate <= last.endDate) {
      joined[joined.length - 1] = row.endDate > last.endDate ? { ...last, endDate: row.endDate } : last;
    } else joined.push(row);
  }
  return joined;
}

function windowOf({ startDate, endDate }: StayRow, { zone, checkIn, checkOut }: Hours): Window | null {
  if (startDate === '' || endDate === '') return null;
  const window = {
    startsAt: instantOf({ date: startDate, minutes: checkIn }, zone, 'start'),
    endsAt: instantOf({ date: endDate, minutes: checkOut }, zone, 'end'),
  };
  return isValid(window) ? window : null;
}
