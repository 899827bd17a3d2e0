import type { GuestyAccount } from '../../domain/generated/upstream/guesty/account.js';
import type { GuestyCustomField } from '../../domain/generated/upstream/guesty/custom-field.js';
import type { GuestyKeyCode } from '../../domain/generated/upstream/guesty/key-code.js';
import type { GuestyListing } from '../../domain/generated/upstream/guesty/listing.js';
import type { GuestyNewest } from '../../domain/generated/upstream/guesty/newest.js';
import type { GuestyReservation } from '../../domain/generated/upstream/guesty/reservation.js';
import type { GuestyTokenClaims } from '../../domain/generated/upstream/guesty/token-claims.js';
import type { GuestyToken } from '../../domain/generated/upstream/guesty/token.js';
import type { GuestyV3Reservation } from '../../domain/generated/upstream/guesty/v3-reservation.js';
import type { GuestyWebhook } from '../../domain/generated/upstream/guesty/webhook.js';
import { checker } from '../check.js';
import { UpstreamContract } from '../upstream-errors.js';

export type {
  GuestyAccount,
  GuestyCustomField,
  GuestyKeyCode,
  GuestyListing,
  GuestyNewest,
  GuestyReservation,
  GuestyToken,
  GuestyTokenClaims,
  GuestyV3Reservation,
  GuestyWebhook,
};

export const tokenOf = checker<GuestyToken>('upstream/guesty/token.json', 'a token');
export const claimsOf = checker<GuestyTokenClaims>('upstream/guesty/token-claims.json', 'a token');
export const accountOf = checker<GuestyAccount>('upstream/guesty/account.json', 'an account');
export const listingOf = checker<GuestyListing>('upstream/guesty/listing.json', 'a listing');
export const reservationOf = checker<GuestyReservation>('upstream/guesty/reservation.json', 'a reservation');
export const newestOf = checker<GuestyNewest>('upstream/guesty/newest.json', 'a reservation');
export const webhookOf = checker<GuestyWebhook>('upstream/guesty/webhook.json', 'a webhook');
export const keyCodeOf = checker<GuestyKeyCode>('upstream/guesty/key-code.json', 'a reservation');
export const v3ReservationOf = checker<GuestyV3Reservation>('upstream/guesty/v3-reservation.json', 'a reservation');
export const customFieldOf = checker<GuestyCustomField>('upstream/guesty/custom-field.json', 'a custom field');

export interface ListPage<Item> {
  readonly items: readonly Item[];
  /** Of the whole list, where the answer says it. */
  readonly count: number | null;
}

/**
 * A list in either of its forms, `{results, count}` or a bare array. A list that is missing is an error, never an empty one.
 *
 * @throws UpstreamContract
 */
export function listOf<Item>(body: unknown, itemOf: (item: unknown) => Item): ListPage<Item> {
  if (Array.isArray(body)) return { items: body.map(itemOf), count: null };
  const results = property(body, 'results');
  if (!Array.isArray(results)) throw new UpstreamContract('Guesty sent a list that we do not understand: it has no “results”.');
  const count = Number(property(body, 'count') ?? Number.NaN);
  return { items: results.map(itemOf), count: Number.isSafeInteger(count) && count >= 0 ? count : null };
}

/** An own property of something that came as JSON; undefined where there is none. */
export function property(value: unknown, name: string): unknown {
  if (typeof value !== 'object' || value === null || !Object.hasOwn(value, name)) return undefined;
  return Object.entries(value).find(([key]) => key === name)?.[1];
}
