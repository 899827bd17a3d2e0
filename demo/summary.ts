import { fields, type Paint, table } from '../src/cli/text.js';
import type { Exchange } from '../sandbox/identity-provider.js';
import type { Api } from './api.js';

interface ListedUser {
  readonly displayName: string;
  readonly status: string;
  readonly skipReason: string | null;
  readonly memberId: string | null;
}

interface Association {
  readonly memberGroupId: string;
  readonly startsAt: string | null;
  readonly endsAt: string | null;
}

interface Member {
  readonly status: string;
  readonly startsAt: string | null;
  readonly endsAt: string | null;
  readonly associations: readonly Association[];
  readonly pins: readonly { readonly id: string }[];
}

export interface Summary {
  readonly api: Pick<Api, 'send'>;
  readonly integrationId: string;
  readonly exchanges: readonly Exchange[];
  readonly url: string;
  readonly apiToken: string;
  readonly scimToken: string;
}

/** User, member, what may be entered, when, PIN. */
type Row = readonly [string, string, string, string, string];

/** What the push has led to, and where to look further. */
export async function summaryText({ api, integrationId, exchanges, url, apiToken, scimToken }: Summary, paint: Paint): Promise<string> {
  const users = await api.send<{ data: ListedUser[] }>('GET', `/integrations/${integrationId}/members?limit=100`);
  const groups = await api.send<{ data: { id: string; name: string }[] }>('GET', '/member-groups?limit=100');
  const names = new Map(groups.data.map((group) => [group.id, group.name]));
  const rows: Row[] = [];
  for (const user of users.data) rows.push(...(await rowsOf(api, user, names)));
  const places = fields(paint, [
    ['server', url],
    ['SCIM base URL', `${url}/scim/v2`],
    ['SCIM token', scimToken],
    ['API token', apiToken],
  ]);
  return `
${paint.bold('Latchkey demo')}: an identity provider sent ${exchanges.length} SCIM requests. Who may enter now:

${table(paint, ['USER', 'MEMBER', 'MAY ENTER', 'WHEN (UTC)', 'PIN'], rows, 'Nobody.')}

${places}

Try:
  curl -H "Authorization: Bearer ${scimToken}" "${url}/scim/v2/Users?count=2"
  curl -H "Authorization: Bearer ${apiToken}" "${url}/api/v1/integrations/${integrationId}/members"
  curl -H "Authorization: Bearer ${apiToken}" "${url}/api/v1/events?limit=5"

The server keeps running. ${paint.bold('Ctrl-C')} stops it. The demo's data are in data/demo, new each time.
`;
}

/** One row for each time that something may be entered; who may enter nothing has a row that says why. */
async function rowsOf(api: Pick<Api, 'send'>, user: ListedUser, names: ReadonlyMap<string, string>): Promise<Row[]> {
  if (user.status !== 'synced' || user.memberId === null) return [[user.displayName, 'none', '', user.skipReason ?? 'unknown', '']];
  const member = await api.send<Member>('GET', `/members/${user.memberId}`);
  const [pin] = member.pins;
  const digits = pin && (await api.send<{ pin: string }>('POST', `/members/${user.memberId}/pins/${pin.id}/reveal`));
  const associations = member.associations.toSorted((one, other) => sortKey(one, names).localeCompare(sortKey(other, names)));
  return associations.map((association, index) => {
    const when = windowText(association.startsAt ?? member.startsAt, association.endsAt ?? member.endsAt);
    const where = names.get(association.memberGroupId) ?? association.memberGroupId;
    return index === 0 ? [user.displayName, member.status, where, when, digits?.pin ?? ''] : ['', '', where, when, ''];
  });
}

function sortKey({ memberGroupId, startsAt }: Association, names: ReadonlyMap<string, string>): string {
  return `${names.get(memberGroupId) ?? ''} ${startsAt ?? ''}`;
}

function windowText(startsAt: string | null, endsAt: string | null): string {
  if (startsAt === null && endsAt === null) return 'always';
  const minute = (at: string | null) => (at === null ? '…' : at.slice(0, 16).replace('T', ' '));
  return `${minute(startsAt)} – ${minute(endsAt)}`;
}
