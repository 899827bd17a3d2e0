import { UpstreamContract, UpstreamRefused } from '../upstream-errors.js';
import { minutesOf } from '../local-time.js';
import type { CloudbedsClient } from './client.js';
import { checkHotelDetails, checkHotels } from './schema.js';

/** What every window is worked out with. */
export interface Property {
  readonly id: string;
  readonly name: string;
  readonly email: string;
  /** IANA name. */
  readonly zone: string;
  /** Minutes since midnight, local. */
  readonly checkIn: number;
  readonly checkOut: number;
  /** The property has door-lock settings that we may read. */
  readonly doorKeys: boolean;
}

const PROPERTY = 'property';
/** For a house that has not said its hours. */
const CHECK_IN = 15 * 60;
const CHECK_OUT = 11 * 60;

/** Asks Cloudbeds, and remembers the answer for `knownProperty`. */
export async function readProperty(client: CloudbedsClient): Promise<Property> {
  const { propertyId: id, context } = client;
  // The zone is in getHotels alone, the hours are in getHotelDetails alone.
  const hotels = checkHotels((await client.read('getHotels', { propertyIDs: id, pageSize: 100 })).data);
  const hotel = hotels.find(({ propertyID }) => String(propertyID) === id);
  if (hotel === undefined) throw new UpstreamRefused(`This connection does not reach property ${id}.`);
  const { propertyPolicy, propertyEmail } = checkHotelDetails((await client.read('getHotelDetails', { propertyID: id })).data);
  const checkIn = minutesOf(propertyPolicy.propertyCheckInTime ?? '');
  const checkOut = minutesOf(propertyPolicy.propertyCheckOutTime ?? '');
  if (checkIn === null || checkOut === null) context.logger.warn('cloudbeds has no check-in or check-out time; 15:00 and 11:00 are used');
  const property: Property = {
    id,
    name: hotel.propertyName?.trim() || id,
    email: propertyEmail?.trim() ?? '',
    zone: hotel.propertyTimezone,
    checkIn: checkIn ?? CHECK_IN,
    checkOut: checkOut ?? CHECK_OUT,
    doorKeys: await hasDoorKeys(client),
  };
  await context.vault.put(PROPERTY, JSON.stringify(property));
  return property;
}

/** As of the last full read: a webhook is not worth three more requests. */
export async function knownProperty(client: CloudbedsClient): Promise<Property> {
  const text = await client.context.vault.get(PROPERTY);
  const known = text === null ? null : (JSON.parse(text) as Property);
  return known !== null && known.id === client.propertyId ? known : readProperty(client);
}

/** Are door keys read and written? */
export function usesDoorKeys(client: CloudbedsClient, property: Property): boolean {
  return property.doorKeys && client.context.settings.doorKeys !== 'off';
}

/** Asked after calls that prove the credentials: a refusal here is a scope that is missing, not a dead connection. */
async function hasDoorKeys(client: CloudbedsClient): Promise<boolean> {
  if (client.context.settings.doorKeys === 'off') return false;
  try {
    const response = await client.service(`settings/${client.propertyId}`, { method: 'GET' });
    // Parsed before it is believed: the 404 of a proxy says nothing about the property.
    const settings = response.json();
    if (response.status === 404) return false;
    if (response.status >= 400) throw client.unexpected(response);
    if (typeof settings !== 'object' || settings === null) throw new UpstreamContract('Cloudbeds sent door-lock settings that are none.');
    return true;
  } catch (error) {
    if (!(error instanceof UpstreamRefused)) throw error;
    client.context.logger.warn('cloudbeds does not let us read door keys; room stays are used without them');
    return false;
  }
}
