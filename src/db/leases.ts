import { CLOCKS_DIFFER_MS, type Instant, shift } from '../domain/time.js';
import { Conflict } from '../errors.js';
import type { Clock } from './clock.js';
import type { Database, Reader, Tx } from './database.js';
import { statement } from './statement.js';

/** Something that one process at a time may do. Held until it is released or not renewed in time. */
export interface Lease {
  readonly name: string;
  /** Counts up with every holder. */
  readonly fence: number;
}

/** Somebody else holds the lease. `holder` says who, in words for a person. */
export class LeaseHeld extends Conflict {
  readonly holder: string;

  constructor(holder: string) {
    super(`This is already being done by ${holder}.`);
    this.holder = holder;
  }
}

/** It was not renewed in time and somebody else may have it: whoever finds this out writes nothing more. */
export class LeaseLost extends Conflict {
  constructor() {
    super('Another process has taken over.');
  }
}

/** Renewals in the time of a lease: it outlives some that fail. */
const BEATS = 4;

interface Row {
  readonly fence: number;
  readonly holder: string;
  readonly expires_at: Instant;
}

// One that ends later than any that begins now was given before the clock was put back: its holder renews it, or is dead.
const take = statement<{ name: string; holder: string; now: Instant; expiresAt: Instant; ahead: Instant }, { fence: number }>(
  'leases.take',
  (sql, p) =>
    sql.raw(
      `insert into leases (name, fence, holder, expires_at) values (?, 1, ?, ?)
     on conflict (name) do update set fence = leases.fence + 1, holder = excluded.holder, expires_at = excluded.expires_at
       where leases.expires_at <= ? or leases.expires_at > ?
     returning fence`,
      [p.name, p.holder, p.expiresAt, p.now, p.ahead],
    ),
);
const byName = statement<{ name: string }, Row>('leases.get', (sql, p) =>
  sql('leases').where('name', p.name).select('fence', 'holder', 'expires_at'),
);
const extend = statement<{ name: string; fence: number; expiresAt: Instant }>('leases.extend', (sql, p) =>
  sql('leases').where({ name: p.name, fence: p.fence }).where('expires_at', '>', '').update({ expires_at: p.expiresAt }),
);
// The row stays, so that the next holder's fence is higher than every one before.
const giveBack = statement<{ name: string; fence: number }>('leases.release', (sql, p) =>
  sql('leases').where({ name: p.name, fence: p.fence }).update({ expires_at: '' }),
);

/** Errors: `LeaseHeld`. */
export async function acquireLease(
  db: Database,
  clock: Clock,
  { name, holder, ms }: { name: string; holder: string; ms: number },
): Promise<Lease> {
  return db.transaction(async (tx) => {
    const now = clock.now();
    const [taken] = await tx.all(take, { name, holder, now, expiresAt: shift(now, ms), ahead: shift(now, ms + CLOCKS_DIFFER_MS) });
    if (taken !== undefined) return { name, fence: taken.fence };
    throw new LeaseHeld((await tx.first(byName, { name }))?.holder ?? 'another process');
  });
}

/** In the transaction of a write that only the holder may do: renews the lease. Errors: `LeaseLost`. */
export async function holdLease(tx: Tx, clock: Clock, { name, fence }: Lease, ms: number): Promise<void> {
  if ((await tx.run(extend, { name, fence, expiresAt: shift(clock.now(), ms) })) === 0) throw new LeaseLost();
}

/**
 * Does the work and renews the lease meanwhile, so that it may be short: what a killed process held is free soon. `onLost`
 * hears that somebody else has it by now; the work is not broken off. A beat that fails otherwise is made up for by the next.
 */
export async function keepLease<Result>(
  db: Database,
  clock: Clock,
  { lease, ms, onLost }: { readonly lease: Lease; readonly ms: number; readonly onLost: (error: LeaseLost) => void },
  work: () => Promise<Result>,
): Promise<Result> {
  const beat = setInterval(() => {
    db.transaction((tx) => holdLease(tx, clock, lease, ms)).catch((error: unknown) => {
      if (error instanceof LeaseLost) onLost(error);
    });
  }, ms / BEATS);
  beat.unref();
  try {
    return await work();
  } finally {
    clearInterval(beat);
  }
}

/** What was lost already is nobody's business any more. */
export async function releaseLease(db: Database, { name, fence }: Lease): Promise<void> {
  await db.transaction((tx) => tx.run(giveBack, { name, fence }));
}

/** Who holds it at `now`; null: nobody. */
export async function leaseHolder(reader: Reader, name: string, now: Instant): Promise<string | null> {
  const row = await reader.first(byName, { name });
  return row === undefined || row.expires_at <= now ? null : row.holder;
}
