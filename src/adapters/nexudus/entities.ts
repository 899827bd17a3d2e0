import type { NexudusBookable } from '../../domain/generated/upstream/nexudus/bookable.js';
import type { NexudusBooking } from '../../domain/generated/upstream/nexudus/booking.js';
import type { NexudusBusiness } from '../../domain/generated/upstream/nexudus/business.js';
import type { NexudusCancelledBooking } from '../../domain/generated/upstream/nexudus/cancelled-booking.js';
import type { NexudusCheckIn } from '../../domain/generated/upstream/nexudus/check-in.js';
import type { NexudusContract } from '../../domain/generated/upstream/nexudus/contract.js';
import type { NexudusCoworkerRow } from '../../domain/generated/upstream/nexudus/coworker-row.js';
import type { NexudusCoworkerTimePass } from '../../domain/generated/upstream/nexudus/coworker-time-pass.js';
import type { NexudusWebhook } from '../../domain/generated/upstream/nexudus/webhook.js';
import {
  checkBookable,
  checkBooking,
  checkBusiness,
  checkCancelledBooking,
  checkCheckIn,
  checkContract,
  checkCoworkerRow,
  checkCoworkerTimePass,
  checkWebhook,
} from './schema.js';

/** A kind of record, as its lists are asked for. */
export interface Entity<Record> {
  /** As filters name it: `from_Booking_UpdatedOn`. */
  readonly name: string;
  /** Below the API base. */
  readonly path: string;
  /** In words, for the admin. */
  readonly words: string;
  /** What we read of a row. Lists leave fields out, and a row without one of these is read by itself. */
  readonly needs: readonly string[];
  readonly check: (value: unknown) => Record;
}

export const BUSINESS: Entity<NexudusBusiness> = {
  name: 'Business',
  path: 'sys/businesses',
  words: 'locations',
  needs: ['Name'],
  check: checkBusiness,
};

export const COWORKER: Entity<NexudusCoworkerRow> = {
  name: 'Coworker',
  path: 'spaces/coworkers',
  words: 'coworkers',
  needs: ['FullName', 'Email', 'Active', 'Archived', 'UpdatedOn'],
  check: checkCoworkerRow,
};

export const CONTRACT: Entity<NexudusContract> = {
  name: 'CoworkerContract',
  path: 'billing/coworkercontracts',
  words: 'contracts',
  needs: [
    'CoworkerId',
    'TariffId',
    'StartDate',
    'Active',
    'Cancelled',
    'CancellationDate',
    'InPausedPeriod',
    'InPausedPeriodFrom',
    'InPausedPeriodUntil',
    'FloorPlanDeskIds',
    'UpdatedOn',
  ],
  check: checkContract,
};

export const COWORKER_TIME_PASS: Entity<NexudusCoworkerTimePass> = {
  name: 'CoworkerTimePass',
  path: 'billing/coworkertimepasses',
  words: 'time passes of coworkers',
  needs: ['CoworkerId', 'TimePassId', 'Used', 'CheckedIn', 'RemainingUses', 'ExpireDate', 'UpdatedOn'],
  check: checkCoworkerTimePass,
};

export const BOOKING: Entity<NexudusBooking> = {
  name: 'Booking',
  path: 'spaces/bookings',
  words: 'bookings',
  needs: ['CoworkerId', 'ResourceId', 'FloorPlanDeskId', 'FromTime', 'ToTime', 'Tentative', 'UpdatedOn'],
  check: checkBooking,
};

export const CANCELLED_BOOKING: Entity<NexudusCancelledBooking> = {
  name: 'CancelledBooking',
  path: 'spaces/cancelledbookings',
  words: 'cancelled bookings',
  needs: ['CoworkerId', 'ToTime', 'CreatedOn', 'UpdatedOn'],
  check: checkCancelledBooking,
};

export const WEBHOOK: Entity<NexudusWebhook> = {
  name: 'Webhook',
  path: 'sys/webhooks',
  words: 'webhooks',
  needs: ['BusinessId', 'Action', 'URL', 'Active'],
  check: checkWebhook,
};

export const CHECK_IN: Entity<NexudusCheckIn> = {
  name: 'Checkin',
  path: 'spaces/checkins',
  words: 'check-ins',
  needs: ['CoworkerId', 'FromTime'],
  check: checkCheckIn,
};

export type BookableKind = 'tariff' | 'time_pass' | 'desk' | 'resource';

/** What becomes a Group, in the order in which they are read. */
export const BOOKABLES: readonly { readonly kind: BookableKind; readonly entity: Entity<NexudusBookable> }[] = [
  { kind: 'tariff', entity: bookable('Tariff', 'billing/tariffs', 'tariffs', 'BusinessId') },
  { kind: 'time_pass', entity: bookable('TimePass', 'billing/timepasses', 'time passes', 'BusinessId') },
  { kind: 'desk', entity: bookable('FloorPlanDesk', 'sys/floorplandesks', 'floor-plan desks', 'FloorPlanBusinessId') },
  { kind: 'resource', entity: bookable('Resource', 'spaces/resources', 'resources', 'BusinessId') },
];

function bookable(name: string, path: string, words: string, business: string): Entity<NexudusBookable> {
  return { name, path, words, needs: ['Name', business, 'UpdatedOn'], check: checkBookable };
}
