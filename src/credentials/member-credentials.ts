import type { Reader, Tx } from '../db/database.js';
import { statement } from '../db/statement.js';
import type { Credential, Owner } from '../domain/access.js';
import type { ChangeContext, EventVerb } from '../domain/events.js';
import { type Instant, shift } from '../domain/time.js';
import { append } from '../events/append.js';

/** What a credential's event says about its member. */
export interface MemberRef {
  readonly id: string;
  readonly name: string;
  readonly integrationId: string | null;
}

/** A live PIN or card at a door: which one it is, and whose. */
export interface Holder {
  readonly credentialId: string;
  readonly member: MemberRef;
}

export interface HolderRow {
  readonly id: string;
  readonly member_id: string;
  readonly name: string;
  readonly integration_id: string | null;
}

export function holderOf({ id, member_id, name, integration_id }: HolderRow): Holder {
  return { credentialId: id, member: { id: member_id, name, integrationId: integration_id } };
}

/** Whose credential, who may change it, and the sentence for the log. */
export interface ForMember {
  readonly member: MemberRef;
  readonly managedBy: Owner;
  readonly because: string;
}

export interface OneOfMember extends ForMember {
  readonly id: string;
}

export type CredentialType = 'pin' | 'magic_link' | 'card';

const DAY_MS = 86_400_000;

interface Row {
  readonly id: string;
  readonly managed_by: string;
  readonly key: string | null;
  readonly revoked_at: string | null;
  readonly cooling_until: string | null;
  readonly from_source: number;
}

/** What differs between the three tables. `resumable` is SQL of ours: what else must hold for a row to come back. */
interface Shape {
  readonly table: string;
  readonly key: string;
  readonly fromSource: string;
  readonly revokeSets: string;
  readonly resumeSets: string;
  readonly resumable: string;
}

const SHAPES: Record<CredentialType, Shape> = {
  pin: { table: 'pins', key: 'hash', fromSource: 'from_source', revokeSets: '', resumeSets: '', resumable: 'and hash is not null' },
  magic_link: { table: 'magic_links', key: "''", fromSource: '0', revokeSets: '', resumeSets: '', resumable: '' },
  card: {
    table: 'cards',
    key: 'uid',
    fromSource: '0',
    revokeSets: ', live_uid = null',
    resumeSets: ', live_uid = uid',
    resumable: 'and not exists (select 1 from cards other where other.live_uid = cards.uid)',
  },
};

/** Statements and steps that PINs, links and cards share. A revoked row stays, so that within its cool-down it can come back to its member. */
export class CredentialRows {
  readonly #type: CredentialType;
  readonly #list;
  readonly #revoke;
  readonly #resume;
  readonly #handOver;

  constructor(type: CredentialType) {
    const { table, key, fromSource, revokeSets, resumeSets, resumable } = SHAPES[type];
    this.#type = type;
    this.#list = statement<{ member_id: string }, Row>(`${table}.of-member`, (sql, p) =>
      sql(table)
        .where('member_id', p.member_id)
        .orderBy(['created_at', 'id'])
        .select('id', 'managed_by', sql.raw(`${key} as key`), 'revoked_at', 'cooling_until', sql.raw(`${fromSource} as from_source`)),
    );
    this.#revoke = statement<{ id: string; member_id: string; managed_by: string; now: string; cooling_until: string }>(
      `${table}.revoke`,
      (sql, p) =>
        sql.raw(
          `update ${table} set revoked_at = ?, cooling_until = ?${revokeSets} where id = ? and member_id = ? and managed_by = ? and revoked_at is null`,
          [p.now, p.cooling_until, p.id, p.member_id, p.managed_by],
        ),
    );
    this.#resume = statement<{ id: string; member_id: string; managed_by: string; now: string }>(`${table}.resume`, (sql, p) =>
      sql.raw(
        `update ${table} set revoked_at = null, cooling_until = null${resumeSets}
         where id = ? and member_id = ? and managed_by = ? and cooling_until > ? ${resumable}`,
        [p.id, p.member_id, p.managed_by, p.now],
      ),
    );
    this.#handOver = statement<{ id: string; member_id: string; managed_by: string }>(`${table}.hand-over`, (sql, p) =>
      sql(table).where({ id: p.id, member_id: p.member_id }).update({ managed_by: p.managed_by }),
    );
  }

  /** All of a member, live and revoked, oldest first. A PIN whose digits have been given back has an empty key. */
  async of(reader: Reader, memberId: string): Promise<Credential[]> {
    const rows = await reader.all(this.#list, { member_id: memberId });
    return rows.map((row) => ({
      id: row.id,
      managedBy: row.managed_by,
      key: row.key ?? '',
      revokedAt: row.revoked_at,
      coolingUntil: row.cooling_until,
      fromSource: row.from_source === 1,
    }));
  }

  /** false, and no event, when there is no such live row of this member and owner. */
  async revoke(tx: Tx, context: ChangeContext, { member, managedBy, id, because }: OneOfMember, coolDownDays: number): Promise<boolean> {
    const coolingUntil = shift(context.now, coolDownDays * DAY_MS);
    const params = { id, member_id: member.id, managed_by: managedBy, now: context.now, cooling_until: coolingUntil };
    if ((await tx.run(this.#revoke, params)) === 0) return false;
    await this.tell(tx, context, 'delete', member, id, { because, coolingUntil });
    return true;
  }

  /** false, and no event, when the row is live, not this owner's, or its cool-down is over. */
  async resume(tx: Tx, context: ChangeContext, { member, managedBy, id, because }: OneOfMember): Promise<boolean> {
    const params = { id, member_id: member.id, managed_by: managedBy, now: context.now };
    if ((await tx.run(this.#resume, params)) === 0) return false;
    await this.tell(tx, context, 'edit', member, id, { because, changes: { state: { before: 'revoked', after: 'live' } } });
    return true;
  }

  /** Another owner from now on; no event, since it comes with a change that has one. */
  async handOver(tx: Tx, memberId: string, id: string, to: Owner): Promise<void> {
    await tx.run(this.#handOver, { id, member_id: memberId, managed_by: to });
  }

  /** Writes the one event of a change to a credential. It names the member and never holds what opens a door. */
  async tell(
    tx: Tx,
    context: ChangeContext,
    verb: EventVerb,
    member: MemberRef,
    id: string,
    details: Readonly<Record<string, unknown>>,
  ): Promise<void> {
    await append(tx, context, {
      verb,
      object: { type: this.#type, id, name: member.name },
      ...(member.integrationId === null ? {} : { integrationId: member.integrationId }),
      memberId: member.id,
      details: { memberId: member.id, ...details },
    });
  }
}

/** The rows of each table; one object each, because a statement's name is unique. */
export const CREDENTIAL_ROWS: Readonly<Record<CredentialType, CredentialRows>> = {
  pin: new CredentialRows('pin'),
  magic_link: new CredentialRows('magic_link'),
  card: new CredentialRows('card'),
};

/** Revokes every live PIN, link and card of a member, whoever manages it: the member is being deleted. */
export async function revokeLive(
  tx: Tx,
  context: ChangeContext,
  { member, because, coolDownDays }: { member: MemberRef; because: string; coolDownDays: number },
): Promise<void> {
  for (const rows of Object.values(CREDENTIAL_ROWS)) {
    for (const { id, managedBy, revokedAt } of await rows.of(tx, member.id)) {
      if (revokedAt === null) await rows.revoke(tx, context, { member, managedBy, id, because }, coolDownDays);
    }
  }
}

/** Brings back what one revocation of everything took: the owner's rows revoked at that instant, while they cool down. */
export async function resumeRevokedAt(tx: Tx, context: ChangeContext, wanted: ForMember & { readonly revokedAt: Instant }): Promise<void> {
  for (const rows of Object.values(CREDENTIAL_ROWS)) {
    for (const { id, managedBy, revokedAt } of await rows.of(tx, wanted.member.id)) {
      if (revokedAt === wanted.revokedAt && managedBy === wanted.managedBy) await rows.resume(tx, context, { ...wanted, id });
    }
  }
}
