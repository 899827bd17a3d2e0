/** What clocks did in 2026, as the offsets were published: nothing here asks the platform, which the code under test does. */
interface SlowZone {
  readonly zone: string;
  /** Offset from UTC in minutes at the beginning of 2026. */
  readonly first: number;
  /** Instants of 2026 from which another offset holds. */
  readonly changes: readonly { readonly at: string; readonly offset: number }[];
}

export const SLOW_ZONES: readonly SlowZone[] = [
  { zone: 'UTC', first: 0, changes: [] },
  { zone: 'Asia/Kathmandu', first: 345, changes: [] },
  zone('Europe/Lisbon', 0, ['2026-03-29T01:00:00Z', 60], ['2026-10-25T01:00:00Z', 0]),
  zone('Europe/Madrid', 60, ['2026-03-29T01:00:00Z', 120], ['2026-10-25T01:00:00Z', 60]),
  zone('America/New_York', -300, ['2026-03-08T07:00:00Z', -240], ['2026-11-01T06:00:00Z', -300]),
  zone('Australia/Sydney', 660, ['2026-04-04T16:00:00Z', 600], ['2026-10-03T16:00:00Z', 660]),
  zone('Australia/Lord_Howe', 660, ['2026-04-04T15:00:00Z', 630], ['2026-10-03T15:30:00Z', 660]),
];

function zone(name: string, first: number, ...changes: readonly (readonly [at: string, offset: number])[]): SlowZone {
  return { zone: name, first, changes: changes.map(([at, offset]) => ({ at, offset })) };
}

const DAY_MINUTES = 24 * 60;
/** 1970-01-01 was a Thursday, which is 3 when Monday is 0. */
const FIRST_WEEKDAY = 3;

/** Weekday (Monday is 0) and the text that the clock on the wall shows, at an instant of 2026. */
export function slowClock(at: number, { first, changes }: SlowZone): { readonly weekday: number; readonly text: string } {
  let offset = first;
  for (const change of changes) if (Date.parse(change.at) <= at) offset = change.offset;
  const minutes = Math.floor(at / 60_000) + offset;
  const ofDay = minutes % DAY_MINUTES;
  const [hour, minute] = [Math.floor(ofDay / 60), ofDay % 60];
  const twoDigits = (value: number) => String(value).padStart(2, '0');
  return { weekday: (Math.floor(minutes / DAY_MINUTES) + FIRST_WEEKDAY) % 7, text: `${twoDigits(hour)}:${twoDigits(minute)}` };
}
