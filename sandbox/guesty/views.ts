import type { Switches } from './switches.js';
import { ACCOUNT_ID, type Listing, type Reservation, type World } from './world.js';

export type Row = Readonly<Record<string, unknown>>;

/** A listing as `GET /listings` shows it. */
export function listingView(listing: Listing, { listedName }: Switches): Row {
  const { parentId, pmsActive, ...rest } = listing;
  return {
    ...rest,
    accountId: ACCOUNT_ID,
    pms: { active: pmsActive },
    [listedName]: listing.active,
    propertyType: 'Apartment',
    accommodates: 4,
    ...(parentId === null ? {} : { mtl: { p: parentId } }),
  };
}

/** A reservation as the legacy list shows it. */
export function reservationView(one: Reservation, world: World, customFields: readonly Row[]): Row {
  const { madeBy, parentId, guestStay: _, ...rest } = one;
  const listing = world.listings.get(one.listingId ?? '');
  const guestId = `64b7f0c2a1d3e4${one._id.slice(-10)}`;
  const { firstName, lastName, email } = one.guest;
  return {
    ...rest,
    accountId: ACCOUNT_ID,
    integration: {
      _id: '64b7f0c2a1d3e40012ad0001',
      platform: madeBy === 'v3' ? 'direct' : 'airbnb2',
      limitations: { availableStatuses: [] },
    },
    source: madeBy === 'v3' ? 'direct' : 'airbnb2',
    guestId,
    guest: { _id: guestId, fullName: `${firstName} ${lastName}`, firstName, lastName, email, phone: '+15550100' },
    ...(parentId === null ? {} : { mtl: { _id: parentId, assigned: one.listingId !== parentId } }),
    listing:
      listing === undefined
        ? { _id: one.listingId }
        : {
            _id: listing._id,
            nickname: listing.nickname,
            timezone: listing.timezone,
            defaultCheckInTime: listing.defaultCheckInTime,
            defaultCheckOutTime: listing.defaultCheckOutTime,
          },
    customFields,
  };
}

/** A reservation as the v3 read shows it; of channel bookings without notes. */
export function v3View(one: Reservation, { showNotes }: Switches, customFields: readonly Row[]): Row {
  const { checkInDateLocalized, checkOutDateLocalized, plannedArrival: eta, plannedDeparture: etd } = one;
  return {
    _id: one._id,
    status: one.status,
    stay: [{ checkInDateLocalized, checkOutDateLocalized, unitTypeId: one.parentId ?? one.listingId, unitId: one.listingId, eta, etd }],
    guestStay: { status: one.guestStay },
    ...(one.madeBy === 'v3' && showNotes ? { notes: { other: '', cleaning: '', guest: '', keyCode: one.keyCode ?? '' } } : {}),
    customFields,
    isAssigned: one.listingId !== one.parentId,
    confirmedAt: one.createdAt,
  };
}
