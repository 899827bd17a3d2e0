import type { CardStore } from '../credentials/card-store.js';
import type { MagicLinkStore } from '../credentials/magic-link-store.js';
import { CREDENTIAL_ROWS, type CredentialType } from '../credentials/member-credentials.js';
import { isTrivialPin, isValidPin } from '../credentials/pin-rules.js';
import type { PinStore } from '../credentials/pin-store.js';
import type { Tx } from '../db/database.js';
import { statement } from '../db/statement.js';
import { MANUAL } from '../domain/access.js';
import type { ChangeContext } from '../domain/events.js';
import { Conflict, InvalidInput, NotFound } from '../errors.js';
import { lockExisting, lockLive } from './members.js';

const BY_HAND = 'an admin did this by hand';

const NAMES: Readonly<Record<CredentialType, string>> = { pin: 'PIN', magic_link: 'Magic Link', card: 'card' };

const lockUserOf = statement<{ memberId: string }, { id: string }>('users.lock-of-member', (sql, p) =>
  sql('users').whereIn('id', sql('members').where('id', p.memberId).select('user_id')).select('id').forNoKeyUpdate(),
);
const markUser = statement<{ id: string }>('users.mark-one', (sql, p) => sql('users').where('id', p.id).update({ dirty: 1 }));

/** PINs, links and cards that an admin gives to any member, and takes away from any. */
export class ManualCredentials {
  readonly #pins: PinStore;
  readonly #links: MagicLinkStore;
  readonly #cards: CardStore;
  readonly #coolDownDays: number;

  constructor(stores: {
    readonly pins: PinStore;
    readonly links: MagicLinkStore;
    readonly cards: CardStore;
    readonly coolDownDays: number;
  }) {
    this.#pins = stores.pins;
    this.#links = stores.links;
    this.#cards = stores.cards;
    this.#coolDownDays = stores.coolDownDays;
  }

  /**
   * These digits, or without any new ones. Errors: `NotFound`; `InvalidInput` for digits that are no PIN or are easy
   * to guess; `Conflict` for a deleted member, and for digits that are held, without a word of who holds them.
   */
  async addPin(tx: Tx, context: ChangeContext, memberId: string, pin?: string): Promise<{ id: string; pin: string; length: number }> {
    const wanted = { member: await lockLive(tx, memberId), managedBy: MANUAL, because: BY_HAND };
    if (pin === undefined) return this.#pins.generatePin(tx, context, wanted);
    if (!isValidPin(pin)) throw new InvalidInput('A PIN has 4 to 20 digits.', '/pin');
    if (isTrivialPin(pin)) throw new InvalidInput('This PIN is easy to guess.', '/pin');
    const made = await this.#pins.setPin(tx, context, { ...wanted, pin });
    if (made === 'taken') throw new Conflict('This PIN cannot be used. Please choose another one.');
    return { ...made, pin };
  }

  /** Errors: `NotFound`, `Conflict` for a deleted member. */
  async addLink(tx: Tx, context: ChangeContext, memberId: string): Promise<{ id: string; url: string }> {
    return this.#links.createLink(tx, context, { member: await lockLive(tx, memberId), managedBy: MANUAL, because: BY_HAND });
  }

  /** Returns the id. Errors: `NotFound`, `Conflict` for a deleted member or a card that opens for somebody. */
  async addCard(tx: Tx, context: ChangeContext, memberId: string, uid: string): Promise<string> {
    const member = await lockLive(tx, memberId);
    const id = await this.#cards.createCard(tx, context, { member, managedBy: MANUAL, because: BY_HAND, uid });
    if (id === 'taken') throw new Conflict('This card is in use.');
    return id;
  }

  /**
   * Revokes a live credential, whoever manages it: an admin who takes a leaked PIN away must be obeyed. One that an
   * integration had given becomes the admin's, so the integration never brings it back but gives a new one instead.
   * Errors: `NotFound`.
   */
  async remove(tx: Tx, context: ChangeContext, type: CredentialType, memberId: string, id: string): Promise<void> {
    // User before member, as reconciliation locks them: the other way round would be a deadlock with it.
    const user = await tx.first(lockUserOf, { memberId });
    const member = await lockExisting(tx, memberId);
    const rows = CREDENTIAL_ROWS[type];
    const found = (await rows.of(tx, memberId)).find((credential) => credential.id === id && credential.revokedAt === null);
    if (found === undefined) throw new NotFound(`This member has no such ${NAMES[type]}.`);
    if (found.managedBy !== MANUAL) {
      await rows.handOver(tx, memberId, id, MANUAL);
      if (user !== undefined) await tx.run(markUser, { id: user.id });
    }
    await rows.revoke(tx, context, { member, managedBy: MANUAL, id, because: BY_HAND }, this.#coolDownDays);
  }
}
