import type { Reader } from '../db/database.js';
import { statement } from '../db/statement.js';
import { type MemberStatus, memberStatus, type Owner } from '../domain/access.js';
import type { SyncKind } from '../domain/integration.js';
import type { Instant } from '../domain/time.js';
import { associationsOf } from './association-store.js';
import { emailsOf, MEMBER_COLUMNS, type MemberRow, memberOf } from './member-rows.js';

/** A member as lists show it. */
export interface MemberSummary {
  readonly id: string;
  readonly name: string;
  readonly emails: readonly string[];
  readonly startsAt: Instant | null;
  readonly endsAt: Instant | null;
  readonly status: MemberStatus;
  /** null: made by hand. */
  readonly source: {
    readonly integrationId: string;
    readonly kind: SyncKind;
    readonly userId: string | null;
    readonly externalId: string | null;
  } | null;
}

/** A member with all it has: ids and lengths, never what opens a door. Only what is live. */
export interface MemberView extends MemberSummary {
  readonly associations: readonly {
    readonly id: string;
    readonly memberGroupId: string;
    readonly startsAt: Instant | null;
    readonly endsAt: Instant | null;
    readonly managedBy: Owner;
  }[];
  readonly pins: readonly { readonly id: string; readonly length: number; readonly managedBy: Owner }[];
  readonly magicLinks: readonly { readonly id: string; readonly managedBy: Owner }[];
  readonly cards: readonly { readonly id: string; readonly managedBy: Owner }[];
}

export interface SummaryRow extends MemberRow {
  readonly kind: SyncKind | null;
}

export const SUMMARY_COLUMNS = [...MEMBER_COLUMNS, 'integrations.kind'];

const memberWithKind = statement<{ id: string }, SummaryRow>('members.view', (sql, p) =>
  sql('members').leftJoin('integrations', 'integrations.id', 'members.integration_id').where('members.id', p.id).select(SUMMARY_COLUMNS),
);

interface LiveRow {
  readonly type: 'pin' | 'magic_link' | 'card';
  readonly id: string;
  readonly managed_by: string;
  readonly length: number;
}

const liveCredentials = statement<{ member_id: string }, LiveRow>('members.live-credentials', (sql, p) =>
  sql.raw(
    `select 'pin' as type, id, managed_by, length, created_at from pins where member_id = ? and revoked_at is null
     union all select 'magic_link', id, managed_by, 0, created_at from magic_links where member_id = ? and revoked_at is null
     union all select 'card', id, managed_by, 0, created_at from cards where member_id = ? and revoked_at is null
     order by created_at, id`,
    [p.member_id, p.member_id, p.member_id],
  ),
);

/** What `GET /api/v1/members/{id}` answers; null when there is no such member. */
export async function memberView(reader: Reader, id: string, now: Instant): Promise<MemberView | null> {
  const row = await reader.first(memberWithKind, { id });
  if (row === undefined) return null;
  const [emails, associations, live] = [
    await emailsOf(reader, id),
    await associationsOf(reader, id),
    await reader.all(liveCredentials, { member_id: id }),
  ];
  const of = (type: LiveRow['type']) => live.filter((credential) => credential.type === type);
  return {
    ...summaryOf(row, emails, now),
    associations: associations.map(({ window, ...association }) => ({ ...association, ...window })),
    pins: of('pin').map((pin) => ({ id: pin.id, length: pin.length, managedBy: pin.managed_by })),
    magicLinks: of('magic_link').map((link) => ({ id: link.id, managedBy: link.managed_by })),
    cards: of('card').map((card) => ({ id: card.id, managedBy: card.managed_by })),
  };
}

export function summaryOf(row: SummaryRow, emails: readonly string[], now: Instant): MemberSummary {
  const member = memberOf(row);
  const { integrationId, userId, externalId } = member;
  return {
    id: member.id,
    name: member.name,
    emails,
    ...member.window,
    status: memberStatus(member, now),
    source: integrationId === null || row.kind === null ? null : { integrationId, kind: row.kind, userId, externalId },
  };
}
