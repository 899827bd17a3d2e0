import type { DoorKey } from '../../../src/adapters/cloudbeds/door-key.js';
import { reservationOfRow } from '../../../src/adapters/cloudbeds/reservation.js';
import type { Hours } from '../../../src/adapters/cloudbeds/stay-window.js';
import { usersOf } from '../../../src/adapters/cloudbeds/to-scim.js';
import type { CloudbedsGuest } from '../../../src/domain/generated/upstream/cloudbeds/reservation.js';
import type { CloudbedsReservationRow, CloudbedsRowRoom } from '../../../src/domain/generated/upstream/cloudbeds/reservation-rows.js';

export const HOURS: Hours = { zone: 'America/Santiago', checkIn: 15 * 60, checkOut: 11 * 60 };
export const ID = '7400000012345';

export const room = (given: Partial<CloudbedsRowRoom> = {}): CloudbedsRowRoom => ({
  subReservationID: `${ID}-1`,
  reservationRoomID: '900501',
  roomID: '501233-4',
  roomName: '204',
  roomCheckIn: '2026-12-01',
  roomCheckOut: '2026-12-04',
  roomStatus: 'not_checked_in',
  ...given,
});
export const ada: CloudbedsGuest = {
  guestID: '88001',
  guestName: 'Ada Park',
  guestFirstName: 'Ada',
  guestLastName: 'Park',
  guestEmail: 'ada@example.test',
  guestPhone: '',
  guestCellPhone: '+15550100',
  subReservationID: `${ID}-1`,
  isMainGuest: true,
  isAnonymized: false,
  rooms: [],
  unassignedRooms: [],
};
export const row = (given: Partial<CloudbedsReservationRow> = {}): CloudbedsReservationRow => ({
  propertyID: '240117',
  reservationID: ID,
  status: 'confirmed',
  dateModified: '2026-11-22 18:05:00',
  guestName: 'Ada Park',
  startDate: '2026-12-01',
  endDate: '2026-12-04',
  rooms: [room()],
  guestList: { '88001': ada },
  ...given,
});
export const users = (given: Partial<CloudbedsReservationRow> = {}, keys: readonly DoorKey[] = []) =>
  usersOf(reservationOfRow(row(given)), HOURS, keys);
export const only = (given: Partial<CloudbedsReservationRow> = {}, keys: readonly DoorKey[] = []) => {
  const [user, ...others] = users(given, keys);
  if (user === undefined || others.length > 0) throw new Error('not exactly one User');
  return user;
};
export const key = (given: Partial<DoorKey> = {}): DoorKey => ({
  id: '5',
  reservationId: ID,
  stayId: `${ID}-1`,
  status: 'completed',
  code: '',
  window: { startsAt: '2026-12-01T16:00:00.000Z', endsAt: '2026-12-04T15:30:00.000Z' },
  ...given,
});
