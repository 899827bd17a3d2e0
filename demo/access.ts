import { DateTime } from 'luxon';
import type { Api } from './api.js';
import type { Shown } from './business.js';
import type { Furnished } from './doors.js';

/** A line of the table: who, how it stands, where to, when. */
export interface Line {
  readonly name: string;
  /** Of the member; `skipped` for who has none. Empty when the line goes on from the one above. */
  readonly status: string;
  /** Places; of who is skipped, the reason. */
  readonly where: string;
  readonly when: string;
}

/** The credentials of one member. */
export interface Shared {
  readonly name: string;
  readonly pin: string | null;
  readonly link: string | null;
  /** Names of the doors that these open now, or in their hours, which are named with them. */
  readonly opens: readonly string[];
}

/** Who of a business may enter what, as the API says. */
export interface Access {
  readonly lines: readonly Line[];
  readonly warnings: readonly string[];
  /** Of the first active member that has both; null: nobody is active. */
  readonly shared: Shared | null;
}

interface ListedUser {
  readonly displayName: string;
  readonly status: string;
  readonly skipReason: string | null;
  readonly warnings: readonly string[];
  readonly memberId: string | null;
}

interface Association {
  readonly memberGroupId: string;
  readonly startsAt: string | null;
  readonly endsAt: string | null;
}

interface Member {
  readonly id: string;
  readonly name: string;
  readonly status: string;
  readonly startsAt: string | null;
  readonly endsAt: string | null;
  readonly associations: readonly Association[];
  readonly pins: readonly { readonly id: string }[];
  readonly magicLinks: readonly { readonly id: string }[];
}

type Caller = Pick<Api, 'send'>;

/** Of `HH:mm`. */
const HOUR_CHARS = 5;
const ORDER = ['active', 'upcoming', 'ended', 'skipped'];

/** Reads it person by person: those who may enter now come first, those who may not last. */
export async function accessOf(
  api: Caller,
  { integrationId, sites }: { readonly integrationId: string; readonly sites: readonly Furnished[] },
  shown: Shown,
  now: Date,
): Promise<Access> {
  const users = await api.send<{ data: ListedUser[] }>('GET', `/integrations/${integrationId}/members?limit=100`);
  const groups = await api.send<{ data: { id: string; name: string }[] }>('GET', '/member-groups?limit=100');
  const names = new Map(groups.data.map(({ id, name }) => [id, name]));
  const found: Line[][] = [];
  const members: Member[] = [];
  for (const user of users.data) {
    const member = user.memberId === null ? null : await api.send<Member>('GET', `/members/${user.memberId}`);
    if (user.status === 'synced' && member !== null) {
      members.push(member);
      found.push(linesOf(member, names, shown, now));
    } else found.push([{ name: user.displayName, status: 'skipped', where: `nothing: ${user.skipReason ?? 'ended'}`, when: '' }]);
  }
  const rank = ([first]: Line[]) => ORDER.indexOf(first?.status ?? '');
  return {
    lines: found.toSorted((one, other) => rank(one) - rank(other)).flat(),
    warnings: users.data.flatMap(({ displayName, warnings }) => warnings.map((warning) => `${displayName}: ${warning}`)),
    shared: await sharedOf(api, members, sites),
  };
}

/** One line for each time, with everything that may be entered then. */
function linesOf(member: Member, names: ReadonlyMap<string, string>, shown: Shown, now: Date): Line[] {
  const places = new Map<string, string[]>();
  const byStart = member.associations.toSorted((one, other) => (one.startsAt ?? '').localeCompare(other.startsAt ?? ''));
  for (const { memberGroupId, startsAt, endsAt } of byStart) {
    const place = names.get(memberGroupId) ?? memberGroupId;
    const when = windowText(startsAt ?? member.startsAt, endsAt ?? member.endsAt, shown.zones?.[place] ?? shown.zone, shown, now);
    places.set(when, [...(places.get(when) ?? []), place]);
  }
  return [...places].map(([when, where], index) => ({
    name: index === 0 ? member.name : '',
    status: index === 0 ? member.status : '',
    where: where.toSorted().join(', '),
    when,
  }));
}

/** Local times; the year only where it is another one, the zone only where it is not that of the business. */
function windowText(startsAt: string | null, endsAt: string | null, zone: string, shown: Shown, now: Date): string {
  if (startsAt === null && endsAt === null) return 'always';
  const text = (at: string) => {
    const local = DateTime.fromISO(at, { zone });
    return local.toFormat(local.year === DateTime.fromJSDate(now, { zone }).year ? 'd MMM HH:mm' : 'd MMM yyyy HH:mm', { locale: 'en' });
  };
  const place = zone === shown.zone ? '' : ` (${(zone.split('/').at(-1) ?? zone).replaceAll('_', ' ')})`;
  if (endsAt === null) return `from ${text(startsAt ?? '')}${place}`;
  if (startsAt === null) return `until ${text(endsAt)}${place}`;
  const [from, until] = [text(startsAt), text(endsAt)];
  const isOneDay = from.slice(0, -HOUR_CHARS) === until.slice(0, -HOUR_CHARS);
  return `${from} – ${isOneDay ? until.slice(-HOUR_CHARS) : until}${place}`;
}

async function sharedOf(api: Caller, members: readonly Member[], sites: readonly Furnished[]): Promise<Shared | null> {
  const active = members.filter(({ status }) => status === 'active');
  const member = active.find(({ pins, magicLinks }) => pins.length > 0 && magicLinks.length > 0) ?? active[0];
  if (member === undefined) return null;
  const { id, name, pins, magicLinks } = member;
  const [pin] = pins;
  const [link] = magicLinks;
  return {
    name,
    pin: pin === undefined ? null : (await api.send<{ pin: string }>('POST', `/members/${id}/pins/${pin.id}/reveal`)).pin,
    link: link === undefined ? null : (await api.send<{ url: string }>('POST', `/members/${id}/magic-links/${link.id}/reveal`)).url,
    opens: await doorsOf(api, id, sites),
  };
}

async function doorsOf(api: Caller, memberId: string, sites: readonly Furnished[]): Promise<string[]> {
  const found: string[] = [];
  for (const { id: doorId, plan } of sites.flatMap(({ doors }) => doors)) {
    const check = { doorId, memberId, method: 'pin' };
    const { granted, reason } = await api.send<{ granted: boolean; reason: string }>('POST', '/access-checks', check);
    const hours = plan.hours === undefined ? '' : ` (${plan.hours.name})`;
    if (granted || reason === 'outside_schedule') found.push(`${plan.name}${hours}`);
  }
  return found;
}
