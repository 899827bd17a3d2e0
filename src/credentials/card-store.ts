import type { Reader, Tx } from '../db/database.js';
import { newId } from '../db/ids.js';
import { statement } from '../db/statement.js';
import type { Credential } from '../domain/access.js';
import type { ChangeContext } from '../domain/events.js';
import { CREDENTIAL_ROWS, type ForMember, type Holder, type HolderRow, holderOf, type OneOfMember } from './member-credentials.js';

const rows = CREDENTIAL_ROWS.card;

const insertCard = statement<{ id: string; member_id: string; managed_by: string; created_at: string; uid: string }>(
  'cards.insert',
  (sql, p) =>
    sql('cards')
      .insert({ id: p.id, member_id: p.member_id, managed_by: p.managed_by, created_at: p.created_at, uid: p.uid, live_uid: p.uid })
      .onConflict('live_uid')
      .ignore(),
);

const liveHolder = statement<{ uid: string }, HolderRow>('cards.live-holder', (sql, p) =>
  sql('cards')
    .join('members', 'members.id', 'cards.member_id')
    .where('cards.live_uid', p.uid)
    .select('cards.id', 'member_id', 'name', 'integration_id'),
);

const liveOfMembers = statement<{ members: string }, { member_id: string; uid: string }>('cards.live-of', (sql, p, dialect) =>
  sql.raw(
    `select member_id, uid from cards where revoked_at is null and ${dialect.inList('member_id')} order by member_id, created_at, id`,
    [p.members],
  ),
);

/** Cards as rows. One card opens for one member at a time; a card that was handed in may be handed on at once. */
export class CardStore {
  readonly #coolDownDays: number;

  constructor(coolDownDays: number) {
    this.#coolDownDays = coolDownDays;
  }

  /** Live and revoked ones, oldest first; `key` is the uid. */
  cardsOf(reader: Reader, memberId: string): Promise<Credential[]> {
    return rows.of(reader, memberId);
  }

  /** Whose live card this is; null: nobody's. */
  async holderOf(reader: Reader, uid: string): Promise<Holder | null> {
    const row = await reader.first(liveHolder, { uid });
    return row === undefined ? null : holderOf(row);
  }

  /** The live cards of all these members. */
  async uidsOf(reader: Reader, memberIds: readonly string[]): Promise<{ readonly memberId: string; readonly uid: string }[]> {
    const found = await reader.all(liveOfMembers, { members: JSON.stringify(memberIds) });
    return found.map(({ member_id: memberId, uid }) => ({ memberId, uid }));
  }

  /** The id, or `taken` when the card opens for somebody now. */
  async createCard(tx: Tx, context: ChangeContext, wanted: ForMember & { readonly uid: string }): Promise<string | 'taken'> {
    const { member, managedBy, because, uid } = wanted;
    const id = newId('card');
    const made = await tx.run(insertCard, { id, member_id: member.id, managed_by: managedBy, created_at: context.now, uid });
    if (made === 0) return 'taken';
    await rows.tell(tx, context, 'create', member, id, { because, managedBy });
    return id;
  }

  /** false when there is nothing to bring back: it is live, not this owner's, has cooled down, or opens for somebody else now. */
  resumeCard(tx: Tx, context: ChangeContext, wanted: OneOfMember): Promise<boolean> {
    return rows.resume(tx, context, wanted);
  }

  /** false when there is no such live card of this owner. */
  revokeCard(tx: Tx, context: ChangeContext, wanted: OneOfMember): Promise<boolean> {
    return rows.revoke(tx, context, wanted, this.#coolDownDays);
  }
}
