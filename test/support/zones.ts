/** A moment at which the clock of a zone was put forward or back, told by `Intl` alone. Offsets and times in milliseconds. */
export interface ClockChange {
  readonly zone: string;
  /** The first instant with the new offset. */
  readonly at: number;
  readonly before: number;
  readonly after: number;
}

const WEEK_MS = 7 * 24 * 3_600_000;
const formats = new Map<string, Intl.DateTimeFormat>();

/** What the wall clock of the zone shows at an instant, as if it were UTC; whole seconds. */
export function wallMsOf(at: number, zone: string): number {
  const parts = new Map(
    formatOf(zone)
      .formatToParts(at)
      .map(({ type, value }) => [type, Number(value)]),
  );
  const part = (name: Intl.DateTimeFormatPartTypes): number => parts.get(name) ?? Number.NaN;
  return Date.UTC(part('year'), part('month') - 1, part('day'), part('hour'), part('minute'), part('second'));
}

/** Every change of the clock of every zone that is known here. Two within a week would be overlooked; there are none. */
export function changesOfAllZones(from: number, until: number): ClockChange[] {
  return Intl.supportedValuesOf('timeZone').flatMap((zone) => changesOf(zone, from, until));
}

function changesOf(zone: string, from: number, until: number): ClockChange[] {
  const changes: ClockChange[] = [];
  for (let start = from; start < until; start += WEEK_MS) {
    const [before, after] = [offset(start, zone), offset(start + WEEK_MS, zone)];
    if (before !== after) changes.push({ zone, at: changeBetween(start, start + WEEK_MS, zone, before), before, after });
  }
  return changes;
}

function changeBetween(from: number, until: number, zone: string, before: number): number {
  let [last, first] = [from, until];
  while (first - last > 1_000) {
    const middle = last + Math.floor((first - last) / 2_000) * 1_000;
    if (offset(middle, zone) === before) last = middle;
    else first = middle;
  }
  return first;
}

function offset(at: number, zone: string): number {
  return wallMsOf(at, zone) - at;
}

function formatOf(zone: string): Intl.DateTimeFormat {
  const known = formats.get(zone);
  if (known !== undefined) return known;
  const format = new Intl.DateTimeFormat('en-GB', {
    ...{ timeZone: zone, calendar: 'iso8601', hourCycle: 'h23' },
    ...{ year: 'numeric', month: 'numeric', day: 'numeric', hour: 'numeric', minute: 'numeric', second: 'numeric' },
  });
  formats.set(zone, format);
  return format;
}
