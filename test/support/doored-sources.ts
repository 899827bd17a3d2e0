import { IdentityProvider } from '../../sandbox/identity-provider.js';
import type { WeeklyHours } from '../../src/domain/doors.js';
import { epochMs, instant } from '../../src/domain/time.js';
import type { Listed, Resource } from './connected-source.js';
import type { GuardedHouse } from './guarded-house.js';
import type { SourceWorld } from './source-world.js';
import { cloudbedsSource } from './sources/cloudbeds.js';
import { googleSource } from './sources/google-workspace.js';
import { guestySource } from './sources/guesty.js';
import { nexudusSource } from './sources/nexudus.js';

/** Somebody whom the source lets in tomorrow: when exactly, in milliseconds, and how they open. */
export interface Invited {
  readonly externalId: string;
  readonly memberId: string;
  readonly startsAt: number;
  readonly endsAt: number;
  readonly pin: string;
  readonly link: string;
}

/** A source whose two resources are mapped to the doors of a house. */
export interface Doored {
  /** Lets somebody in by the resource of *Room*, and waits until it is known. */
  invite(): Promise<Invited>;
  /** The source says that it is over; the message of it arrives. */
  revoke(guest: Invited): Promise<void>;
}

export interface DooredKind {
  readonly name: string;
  /** What a door says one moment before, and from the end on. */
  readonly early: string;
  readonly late: string;
  /** The time is one of the whole member: outside of it their link opens no page. */
  readonly bindsMember: boolean;
  /** Hours of the doors, where the source itself knows no times. */
  readonly hours: WeeklyHours | null;
  connect(house: GuardedHouse): Promise<Doored>;
}

/** What is told apart between the kinds: at the source alone. */
interface AtSource {
  readonly id: string;
  readonly resources: readonly [own: string, others: string];
  /** @returns its id, and its time in UTC, `YYYY-MM-DDTHH:mmZ` */
  add(): Promise<readonly [externalId: string, from: string, until: string]>;
  end(externalId: string): unknown;
  /** Reads everything. */
  sync(): Promise<unknown>;
}

const WINDOWS = { early: 'before_window', late: 'after_window', bindsMember: true, hours: null };
const DAY_MS = 86_400_000;

export const DOORED_KINDS: readonly DooredKind[] = [
  { name: 'Guesty', ...WINDOWS, connect: (house) => doored(house, guesty) },
  { name: 'Cloudbeds', ...WINDOWS, connect: (house) => doored(house, cloudbeds) },
  { name: 'Nexudus', ...WINDOWS, bindsMember: false, connect: (house) => doored(house, nexudus) },
  {
    name: 'Google Workspace',
    ...{ early: 'outside_schedule', late: 'outside_schedule', bindsMember: false },
    hours: Array.from({ length: 7 }, () => [{ from: '08:00', to: '18:00' }]),
    connect: (house) => doored(house, google),
  },
  { name: 'SCIM', ...WINDOWS, connect: (house) => doored(house, scim) },
];

async function doored(house: GuardedHouse, open: (world: SourceWorld) => Promise<AtSource>): Promise<Doored> {
  const { world } = house;
  const source = await open(world);
  const path = `/integrations/${source.id}`;
  await source.sync();
  const known = await world.api.all<Resource>(`${path}/resources`);
  for (const [index, memberGroupIds] of [house.own, house.others].entries()) {
    const resource = known.find(({ displayName }) => displayName === source.resources[index]);
    await world.api.take('PUT', `${path}/resources/${resource?.id ?? ''}/mapping`, { memberGroupIds });
  }
  return {
    async invite() {
      const [externalId, from, until] = await source.add();
      await source.sync();
      const user = (await world.api.all<Listed>(`${path}/members`)).find((one) => one.externalId === externalId);
      const memberId = user?.memberId ?? '';
      return { externalId, memberId, startsAt: Date.parse(from), endsAt: Date.parse(until), ...(await credentials(world, memberId)) };
    },
    async revoke({ externalId }) {
      await source.end(externalId);
      await world.settle();
    },
  };
}

async function credentials({ api }: SourceWorld, memberId: string): Promise<Pick<Invited, 'pin' | 'link'>> {
  type Ids = readonly { readonly id: string }[];
  const { pins, magicLinks } = await api.get<{ pins: Ids; magicLinks: Ids }>(`/members/${memberId}`);
  const { pin } = await api.take<{ pin: string }>('POST', `/members/${memberId}/pins/${pins[0]?.id ?? ''}/reveal`);
  const { url } = await api.take<{ url: string }>('POST', `/members/${memberId}/magic-links/${magicLinks[0]?.id ?? ''}/reveal`);
  return { pin, link: url };
}

/** `YYYY-MM-DD`, so many days after today. */
function day({ now }: SourceWorld, days: number): string {
  return instant(epochMs(now) + days * DAY_MS).slice(0, 'YYYY-MM-DD'.length);
}

async function guesty(world: SourceWorld): Promise<AtSource> {
  const source = world.join(await guestySource());
  const lets = source.sandbox.world;
  const loft = lets.addListing({ nickname: 'Loft' });
  lets.addListing({ nickname: 'Garden' });
  const connected = await world.connect(source);
  return {
    id: connected.id,
    resources: ['Loft', 'Garden'],
    add: async () => {
      const [from, until] = [day(world, 1), day(world, 3)];
      const { _id } = lets.create({ listingId: loft._id, checkInDateLocalized: from, checkOutDateLocalized: until });
      return [_id, `${from}T15:00Z`, `${until}T11:00Z`];
    },
    end: (id) => lets.cancel(id),
    sync: () => connected.sync(),
  };
}

async function cloudbeds(world: SourceWorld): Promise<AtSource> {
  const source = world.join(await cloudbedsSource());
  const hotel = source.sandbox.world;
  const [room] = ['101', '102'].map((name) => hotel.addRoom(name).roomID);
  const connected = await world.connect(source);
  return {
    id: connected.id,
    resources: ['101', '102'],
    // Santiago is three hours behind.
    add: async () => {
      const [checkIn, checkOut] = [day(world, 1), day(world, 3)];
      const { stays } = hotel.addReservation([{ room: room ?? null, checkIn, checkOut }]);
      return [stays[0]?.subReservationID ?? '', `${checkIn}T18:00Z`, `${checkOut}T14:00Z`];
    },
    end: (stay) => hotel.cancel(hotel.stay(stay).reservation.reservationID),
    sync: () => connected.sync(),
  };
}

async function nexudus(world: SourceWorld): Promise<AtSource> {
  const source = world.join(await nexudusSource());
  const { space } = source.sandbox;
  const [room = 0] = ['Meeting room', 'Studio'].map((name) => space.addResource(name).Id);
  const pincodes = ['482913', '739105', '550912'];
  const connected = await world.connect(source);
  return {
    id: connected.id,
    resources: ['Meeting room', 'Studio'],
    add: async () => {
      const { Id } = space.addCoworker('Ada Park', { AccessPincode: pincodes.pop() ?? '' });
      const [from, until] = [`${day(world, 1)}T09:00:00Z`, `${day(world, 1)}T11:00:00Z`];
      space.book(Id, room, from, until);
      return [String(Id), from, until];
    },
    end: (id) => space.suspend(Number(id)),
    sync: () => connected.sync(),
  };
}

async function google(world: SourceWorld): Promise<AtSource> {
  const source = world.join(await googleSource());
  const directory = source.sandbox.world;
  for (const name of ['Doors', 'Night']) directory.createGroup({ name, email: `${name.toLowerCase()}@acme.test` });
  let hired = 0;
  const connected = await world.connect(source);
  return {
    id: connected.id,
    resources: ['Doors', 'Night'],
    // Madrid is an hour ahead.
    add: async () => {
      hired += 1;
      const { id } = directory.createUser({ primaryEmail: `mara-${hired}@acme.test` });
      directory.addMember('doors@acme.test', id);
      return [id, `${day(world, 1)}T07:00Z`, `${day(world, 1)}T17:00Z`];
    },
    end: (id) => directory.suspendUser(id),
    sync: () => connected.sync(),
  };
}

async function scim(world: SourceWorld): Promise<AtSource> {
  const made = await world.api.take<{ id: string; token: string }>('POST', '/integrations', { kind: 'scim', name: 'Company' });
  const idp = new IdentityProvider(`${world.url}/scim/v2`, made.token);
  for (const name of ['Staff', 'Others']) await idp.pushGroup(name);
  const userIds = new Map<string, string>();
  return {
    id: made.id,
    resources: ['Staff', 'Others'],
    add: async () => {
      const [id, validFrom, validUntil] = [`p-${userIds.size + 1}`, `${day(world, 1)}T08:00:00Z`, `${day(world, 2)}T12:00:00Z`];
      const person = { id, name: 'Ann Example', email: `${id}@harbour.example`, department: 'IT', groups: ['Staff'] };
      userIds.set(id, await idp.pushPerson({ ...person, access: () => ({ validFrom, validUntil }) }));
      return [id, validFrom, validUntil];
    },
    end: (id) => idp.switchOff(userIds.get(id) ?? ''),
    // Whoever pushes is done when it is answered.
    sync: async () => undefined,
  };
}
