import type { Reader, Tx } from '../db/database.js';
import { newId } from '../db/ids.js';
import { statement } from '../db/statement.js';
import type { Credential } from '../domain/access.js';
import type { ChangeContext } from '../domain/events.js';
import { NotFound } from '../errors.js';
import { createMagicLinkSecret, hashMagicLinkSecret } from './magic-link-secret.js';
import { CREDENTIAL_ROWS, type ForMember, type OneOfMember } from './member-credentials.js';
import type { KeyRing } from './sealed.js';

const rows = CREDENTIAL_ROWS.magic_link;

const insertLink = statement<{
  id: string;
  member_id: string;
  managed_by: string;
  created_at: string;
  secret_hash: string;
  sealed: string;
}>('magic_links.insert', (sql, p) =>
  sql('magic_links').insert({
    id: p.id,
    member_id: p.member_id,
    managed_by: p.managed_by,
    created_at: p.created_at,
    secret_hash: p.secret_hash,
    sealed: p.sealed,
  }),
);

const sealedLink = statement<{ id: string; member_id: string }, { sealed: string; name: string; integration_id: string | null }>(
  'magic_links.sealed',
  (sql, p) =>
    sql('magic_links')
      .join('members', 'members.id', 'magic_links.member_id')
      .where({ 'magic_links.id': p.id, 'magic_links.member_id': p.member_id })
      .whereNull('revoked_at')
      .select('sealed', 'name', 'integration_id'),
);

/** Magic Links as rows: the hash of the secret for the guest page, and the sealed secret for reveal. */
export class MagicLinkStore {
  readonly #keys: KeyRing;
  readonly #publicUrl: string;
  readonly #coolDownDays: number;

  constructor(keys: KeyRing, publicUrl: string, coolDownDays: number) {
    this.#keys = keys;
    this.#publicUrl = publicUrl.endsWith('/') ? publicUrl.slice(0, -1) : publicUrl;
    this.#coolDownDays = coolDownDays;
  }

  /** Live and revoked ones, oldest first. */
  linksOf(reader: Reader, memberId: string): Promise<Credential[]> {
    return rows.of(reader, memberId);
  }

  async createLink(tx: Tx, context: ChangeContext, { member, managedBy, because }: ForMember): Promise<{ id: string; url: string }> {
    const id = newId('ml');
    const secret = createMagicLinkSecret().expose();
    await tx.run(insertLink, {
      id,
      member_id: member.id,
      managed_by: managedBy,
      created_at: context.now,
      secret_hash: hashMagicLinkSecret(secret),
      sealed: this.#keys.seal(secret, 'magic_links', id),
    });
    await rows.tell(tx, context, 'create', member, id, { because, managedBy });
    return { id, url: this.#url(id, secret) };
  }

  /** false when there is nothing to bring back: it is live, not this owner's, or its cool-down is over. */
  resumeLink(tx: Tx, context: ChangeContext, wanted: OneOfMember): Promise<boolean> {
    return rows.resume(tx, context, wanted);
  }

  /** false when there is no such live link of this owner. */
  revokeLink(tx: Tx, context: ChangeContext, wanted: OneOfMember): Promise<boolean> {
    return rows.revoke(tx, context, wanted, this.#coolDownDays);
  }

  /** The address of a live link, for writing it where its source asked for it: nobody has looked at it, so no event. null: there is none. */
  async urlFor(reader: Reader, memberId: string, linkId: string): Promise<string | null> {
    const row = await reader.first(sealedLink, { id: linkId, member_id: memberId });
    return row === undefined ? null : this.#url(linkId, this.#keys.open(row.sealed, 'magic_links', linkId).expose());
  }

  /** The whole link again; that somebody looked is an event. Errors: `NotFound`. */
  async revealLink(tx: Tx, context: ChangeContext, memberId: string, linkId: string): Promise<string> {
    const row = await tx.first(sealedLink, { id: linkId, member_id: memberId });
    if (row === undefined) throw new NotFound('There is no such Magic Link.');
    await rows.tell(tx, context, 'reveal', { id: memberId, name: row.name, integrationId: row.integration_id }, linkId, {});
    return this.#url(linkId, this.#keys.open(row.sealed, 'magic_links', linkId).expose());
  }

  /** The secret stands behind the `#`: a browser sends that part to nobody, so it is in no server's log. */
  #url(id: string, secret: string): string {
    return `${this.#publicUrl}/m/${id}#${secret}`;
  }
}
