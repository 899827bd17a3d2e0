import type { CloudbedsEnvelope } from '../../domain/generated/upstream/cloudbeds/envelope.js';
import type { CloudbedsHotelDetails } from '../../domain/generated/upstream/cloudbeds/hotel-details.js';
import type { CloudbedsHotels } from '../../domain/generated/upstream/cloudbeds/hotels.js';
import type { CloudbedsKey } from '../../domain/generated/upstream/cloudbeds/key.js';
import type { CloudbedsMetadata } from '../../domain/generated/upstream/cloudbeds/metadata.js';
import type { CloudbedsReservation } from '../../domain/generated/upstream/cloudbeds/reservation.js';
import type { CloudbedsReservationRows } from '../../domain/generated/upstream/cloudbeds/reservation-rows.js';
import type { CloudbedsRooms } from '../../domain/generated/upstream/cloudbeds/rooms.js';
import type { CloudbedsSubscription } from '../../domain/generated/upstream/cloudbeds/subscription.js';
import type { CloudbedsToken } from '../../domain/generated/upstream/cloudbeds/token.js';
import { checker } from '../check.js';

const of = <Record>(file: string, what: string) => checker<Record>(`upstream/cloudbeds/${file}.json`, what);

export const checkEnvelope = of<CloudbedsEnvelope>('envelope', 'an answer');
export const checkMetadata = of<CloudbedsMetadata>('metadata', 'an address of its API');
export const checkToken = of<CloudbedsToken>('token', 'a token');
export const checkHotels = of<CloudbedsHotels>('hotels', 'a list of properties');
export const checkHotelDetails = of<CloudbedsHotelDetails>('hotel-details', 'details of a property');
export const checkRooms = of<CloudbedsRooms>('rooms', 'a list of rooms');
export const checkRows = of<CloudbedsReservationRows>('reservation-rows', 'a list of reservations');
export const checkReservation = of<CloudbedsReservation>('reservation', 'a reservation');
export const checkKey = of<CloudbedsKey>('key', 'a door key');
export const checkSubscription = of<CloudbedsSubscription>('subscription', 'a webhook subscription');
