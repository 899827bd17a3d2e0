import Table from 'cli-table3';
import pc from 'picocolors';
import type { Exchange } from '../sandbox/identity-provider.js';
import type { Api } from './api.js';

interface ListedUser {
  readonly displayName: string;
  readonly status: string;
  readonly skipReason: string | null;
  readonly memberId: string | null;
}

interface Member {
  readonly status: string;
  readonly startsAt: string | null;
  readonly endsAt: string | null;
  readonly associations: readonly { readonly memberGroupId: string; readonly startsAt: string | null; readonly endsAt: string | null }[];
  readonly pins: readonly { readonly id: string }[];
  readonly magicLinks: readonly { readonly id: string }[];
}

export interface Summary {
  readonly api: Api;
  readonly integrationId: string;
  readonly exchanges: readonly Exchange[];
  readonly url: string;
  readonly apiToken: string;
  readonly scimToken: string;
}

/** What the push has led to, and where to look further. */
export async function printSummary(summary: Summary): Promise<void> {
  const { api, integrationId, exchanges } = summary;
  const users = await api.send<{ data: ListedUser[] }>('GET', `/integrations/${integrationId}/members?limit=100`);
  const groups = await api.send<{ data: { id: string; name: string }[] }>('GET', '/member-groups?limit=100');
  const names = new Map(groups.data.map((group) => [group.id, group.name]));

  const table = new Table({ head: ['User', 'Member', 'May enter', 'PIN', 'Magic Link'], style: { head: ['bold'] } });
  for (const user of users.data) table.push(await rowOf(api, user, names));
  console.log(
    `\n${pc.bold('Latchkey demo')}: an identity provider sent ${exchanges.length} SCIM requests, and this is who may enter now.\n`,
  );
  console.log(table.toString());
  printWhereToLook(summary);
}

async function rowOf(api: Api, user: ListedUser, names: ReadonlyMap<string, string>): Promise<string[]> {
  if (user.status !== 'synced' || user.memberId === null)
    return [user.displayName, pc.dim(`none: ${user.skipReason ?? 'unknown'}`), '', '', ''];
  const member = await api.send<Member>('GET', `/members/${user.memberId}`);
  const doors = member.associations.map((association) => {
    const window = windowText(association.startsAt ?? member.startsAt, association.endsAt ?? member.endsAt);
    return `${names.get(association.memberGroupId) ?? association.memberGroupId}${window}`;
  });
  const [pin] = member.pins;
  const [link] = member.magicLinks;
  const digits = pin && (await api.send<{ pin: string }>('POST', `/members/${user.memberId}/pins/${pin.id}/reveal`));
  const url = link && (await api.send<{ url: string }>('POST', `/members/${user.memberId}/magic-links/${link.id}/reveal`));
  return [user.displayName, pc.green(member.status), doors.join('\n'), digits?.pin ?? '', shortened(url?.url ?? '')];
}

function windowText(startsAt: string | null, endsAt: string | null): string {
  if (startsAt === null && endsAt === null) return '';
  const minute = (at: string | null) => (at === null ? '…' : at.slice(0, 16).replace('T', ' '));
  return ` ${minute(startsAt)} – ${minute(endsAt)} UTC`;
}

function shortened(url: string): string {
  return url.length <= 48 ? url : `${url.slice(0, 47)}…`;
}

function printWhereToLook({ url, apiToken, scimToken, integrationId }: Summary): void {
  const lines = [
    ['Server', url],
    ['SCIM base URL', `${url}/scim/v2`],
    ['SCIM token', scimToken],
    ['API token', apiToken],
  ];
  console.log(`\n${lines.map(([label, value]) => `${pc.bold((label ?? '').padEnd(14))} ${value}`).join('\n')}\n`);
  console.log('Try:');
  console.log(`  curl -H "Authorization: Bearer ${scimToken}" "${url}/scim/v2/Users?count=2"`);
  console.log(`  curl -H "Authorization: Bearer ${apiToken}" "${url}/api/v1/integrations/${integrationId}/members"`);
  console.log(`  curl -H "Authorization: Bearer ${apiToken}" "${url}/api/v1/events?limit=5"`);
  console.log(`\nThe server keeps running. ${pc.bold('Ctrl-C')} stops it; the demo's data are in data/demo.\n`);
}
