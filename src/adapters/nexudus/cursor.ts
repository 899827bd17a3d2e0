import { createHash } from 'node:crypto';
import type { Instant } from '../../domain/time.js';
import { shiftWithin } from '../../domain/windows.js';
import { CursorExpired } from '../upstream-errors.js';
import { compareIds, idOf, utc } from './values.js';

/** Filters have minutes only, and a change may show late. */
const OVERLAP_MS = 2 * 60_000;

/** How far one kind of record has been read. */
interface Mark {
  /** The latest change seen. */
  readonly at: Instant;
  /** Of the rows within the overlap: when it comes out the same, they hold nothing new. */
  readonly digest: string;
}

/** What of a row says when it changed. */
export interface Changed {
  readonly Id: number | string;
  readonly UpdatedOn: string;
}

/** Marks of all kinds of records; the text of it is the cursor of a read. */
export class Marks {
  readonly #marks: Map<string, Mark>;

  private constructor(marks: Map<string, Mark>) {
    this.#marks = marks;
  }

  static none(): Marks {
    return new Marks(new Map());
  }

  /** @throws CursorExpired when it is none of ours */
  static parse(cursor: string): Marks {
    try {
      const entries = Object.entries(JSON.parse(cursor) as Record<string, Mark>);
      return new Marks(new Map(entries.map(([name, { at, digest }]) => [name, { at: utc(at), digest: String(digest) }])));
    } catch (error) {
      throw new CursorExpired('The cursor is not one of this version.', { cause: error });
    }
  }

  toString(): string {
    return JSON.stringify(Object.fromEntries([...this.#marks].sort(([a], [b]) => (a < b ? -1 : 1))));
  }

  /** Value for a filter `from_…`: minutes, UTC, early enough. undefined: everything. */
  from(name: string): string | undefined {
    const mark = this.#marks.get(name);
    return mark === undefined ? undefined : minutesOf(fromInstant(mark.at));
  }

  /** The rows that were not seen yet, of all that a filter from `from(name)` let through; what it should not have let through is left out. */
  unseen<Row extends Changed>(name: string, rows: readonly Row[]): readonly Row[] {
    const mark = this.#marks.get(name);
    if (mark === undefined) return rows;
    const since = rows.filter((row) => utc(row.UpdatedOn) >= fromInstant(mark.at));
    const overlap = since.filter((row) => utc(row.UpdatedOn) <= mark.at);
    return digestOf(overlap) === mark.digest ? since.filter((row) => utc(row.UpdatedOn) > mark.at) : since;
  }

  /** Moves the mark behind these rows; never back. */
  seen(name: string, rows: readonly Changed[]): void {
    let at = this.#marks.get(name)?.at ?? null;
    for (const { UpdatedOn } of rows) {
      const changedAt = utc(UpdatedOn);
      if (at === null || changedAt > at) at = changedAt;
    }
    if (at === null) return;
    const from = fromInstant(at);
    this.#marks.set(name, { at, digest: digestOf(rows.filter((row) => utc(row.UpdatedOn) >= from)) });
  }

  /** What begins to be followed where another kind stands now. */
  startAt(name: string, other: string): void {
    const mark = this.#marks.get(other);
    if (mark !== undefined) this.#marks.set(name, { at: mark.at, digest: '' });
  }
}

/** To the minute, downwards. */
function fromInstant(at: Instant): Instant {
  return `${minutesOf(shiftWithin(at, -OVERLAP_MS))}:00.000Z`;
}

function minutesOf(at: Instant): string {
  return at.slice(0, 'YYYY-MM-DDTHH:mm'.length);
}

function digestOf(rows: readonly Changed[]): string {
  const lines = rows
    .map((row) => ({ id: idOf(row.Id) ?? '', text: `${row.Id} ${row.UpdatedOn}` }))
    .sort((a, b) => compareIds(a.id, b.id))
    .map(({ text }) => text);
  return createHash('sha256').update(lines.join('\n')).digest('base64url').slice(0, 16);
}
