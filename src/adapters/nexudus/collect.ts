import { type Instant, shift } from '../../domain/time.js';
import type { Filters, NexudusClient } from './client.js';
import type { Marks } from './cursor.js';
import { BOOKING, CONTRACT, COWORKER_TIME_PASS, type Entity } from './entities.js';
import { BOOKING_HORIZON_DAYS, type Holdings, KEPT_DAYS } from './holdings.js';
import { idOf } from './values.js';

const DAY_MS = 24 * 60 * 60_000;

export type HoldingsByCoworker = ReadonlyMap<string, Holdings>;

/** Whose records are asked for, and what is done with the marks on the way. */
export interface CollectOptions {
  readonly now: Instant;
  /** Only this coworker's. */
  readonly coworkerId?: string;
  readonly marks?: Marks;
}

/** What people have, by coworker: three lists, and one that fails fails all. */
export async function collectHoldings(client: NexudusClient, { now, coworkerId, marks }: CollectOptions): Promise<HoldingsByCoworker> {
  const listed = async <Record extends Held>(entity: Entity<Record>, filters: Filters = {}): Promise<Record[]> => {
    const whose: Filters = coworkerId === undefined ? {} : { [`${entity.name}_Coworker`]: coworkerId };
    const records = await client.list(entity, { ...whose, ...filters });
    marks?.seen(entity.name, records);
    return records;
  };
  const contracts = byCoworker(await listed(CONTRACT));
  const passes = byCoworker(await listed(COWORKER_TIME_PASS));
  const bookings = byCoworker(await listed(BOOKING, bookingsAround(now)));
  const ids = new Set([...contracts.keys(), ...passes.keys(), ...bookings.keys()]);
  return new Map(
    [...ids].map((id) => [id, { contracts: contracts.get(id) ?? [], passes: passes.get(id) ?? [], bookings: bookings.get(id) ?? [] }]),
  );
}

/** The zone of filters is not known for sure: a day more on both sides, and each booking is looked at by itself. */
function bookingsAround(now: Instant): Filters {
  return {
    from_Booking_ToTime: minutesOf(shift(now, -(KEPT_DAYS + 1) * DAY_MS)),
    to_Booking_FromTime: minutesOf(shift(now, (BOOKING_HORIZON_DAYS + 1) * DAY_MS)),
  };
}

interface Held {
  readonly Id: number | string;
  readonly UpdatedOn: string;
  readonly CoworkerId: number | string | null;
}

/** Records of nobody are left out: a booking without a person opens nothing. */
function byCoworker<Record extends Held>(records: readonly Record[]): Map<string, Record[]> {
  const found = new Map<string, Record[]>();
  for (const record of records) {
    const id = idOf(record.CoworkerId);
    if (id === null) continue;
    const own = found.get(id);
    if (own === undefined) found.set(id, [record]);
    else own.push(record);
  }
  return found;
}

function minutesOf(at: Instant): string {
  return at.slice(0, 'YYYY-MM-DDTHH:mm'.length);
}
