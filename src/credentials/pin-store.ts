import type { Reader, Tx } from '../db/database.js';
import { newId } from '../db/ids.js';
import { statement } from '../db/statement.js';
import type { Credential } from '../domain/access.js';
import type { ChangeContext } from '../domain/events.js';
import type { Instant } from '../domain/time.js';
import { Conflict, NotFound } from '../errors.js';
import { CREDENTIAL_ROWS, type ForMember, type Holder, holderOf, type MemberRef, type OneOfMember } from './member-credentials.js';
import { generatePin, PIN_COOLDOWN_DAYS, PIN_LENGTH_DEFAULT, PIN_LENGTH_MAX } from './pin-rules.js';
import { type KeyRing, Unsealable } from './sealed.js';

/** One for the whole installation: guests type as many digits at every door. */
export interface PinPolicy {
  readonly length: number;
  readonly coolDownDays: number;
}

export const DEFAULT_PIN_POLICY: PinPolicy = { length: PIN_LENGTH_DEFAULT, coolDownDays: PIN_COOLDOWN_DAYS };

/**
 * Tries at one length before PINs become a digit longer. With half the space in use all of them fail once in 10^12
 * times; when they do fail, the space is so full that a guess would often open a door.
 */
const TRIES_MAX = 40;

const rows = CREDENTIAL_ROWS.pin;

/** What a PIN is found by. */
export function pinHash(keys: KeyRing, digits: string): string {
  return keys.keyedHash(digits, 'pin');
}

interface NewPin {
  readonly id: string;
  readonly member_id: string;
  readonly managed_by: string;
  readonly created_at: string;
  readonly hash: string;
  readonly sealed: string;
  readonly length: number;
  readonly from_source: number;
}

const insertPin = statement<NewPin>('pins.insert', (sql, p) =>
  sql('pins')
    .insert({
      id: p.id,
      member_id: p.member_id,
      managed_by: p.managed_by,
      created_at: p.created_at,
      hash: p.hash,
      sealed: p.sealed,
      length: p.length,
      from_source: p.from_source,
    })
    .onConflict('hash')
    .ignore(),
);

/** What giving digits back needs to know. */
interface CoolingPin {
  readonly id: string;
  readonly member_id: string;
  readonly name: string;
  readonly integration_id: string | null;
  readonly cooling_until: string | null;
}

interface HolderRow extends CoolingPin {
  readonly revoked_at: string | null;
}

const holderOfHash = statement<{ hash: string }, HolderRow>('pins.holder', (sql, p) =>
  sql('pins')
    .join('members', 'members.id', 'pins.member_id')
    .where('pins.hash', p.hash)
    .select('pins.id', 'revoked_at', 'cooling_until', 'member_id', 'name', 'integration_id'),
);

const dropHash = statement<{ id: string; now: string }>('pins.drop-hash', (sql, p) =>
  sql('pins').where('id', p.id).whereNotNull('hash').where('cooling_until', '<=', p.now).update({ hash: null }),
);

const cooledDown = statement<{ now: string; limit: number }, CoolingPin & { readonly hash: string }>('pins.cooled-down', (sql, p) =>
  sql.raw(
    `select pins.id, hash, cooling_until, member_id, name, integration_id from pins join members on members.id = pins.member_id
     where hash is not null and cooling_until <= ? order by cooling_until limit cast(? as bigint)`,
    [p.now, p.limit],
  ),
);

const markWaiting = statement<{ hashes: string }>('users.mark-waiting-for-pin', (sql, p, dialect) =>
  sql.raw(
    `with held as (select id from users where ${dialect.inList('pin_hash')} order by id ${dialect.lockRows})
     update users set dirty = 1 where id in (select id from held)`,
    [p.hashes],
  ),
);

const lastCooling = statement<{ member_id: string }, { until: string | null }>('pins.last-cooling', (sql, p) =>
  sql('pins').where('member_id', p.member_id).whereNotNull('hash').max('cooling_until as until'),
);

const takenHash = statement<{ hash: string; except: string; now: string }, { id: string }>('pins.taken', (sql, p) =>
  sql('pins')
    .where('hash', p.hash)
    .whereNot('member_id', p.except)
    .where((held) => held.whereNull('revoked_at').orWhere('cooling_until', '>', p.now))
    .select('id'),
);

const sealedPin = statement<{ id: string; member_id: string }, { sealed: string; name: string; integration_id: string | null }>(
  'pins.sealed',
  (sql, p) =>
    sql('pins')
      .join('members', 'members.id', 'pins.member_id')
      .where({ 'pins.id': p.id, 'pins.member_id': p.member_id })
      .whereNull('revoked_at')
      .select('sealed', 'name', 'integration_id'),
);

const liveHolder = statement<{ hash: string }, CoolingPin>('pins.live-holder', (sql, p) =>
  sql('pins')
    .join('members', 'members.id', 'pins.member_id')
    .where('pins.hash', p.hash)
    .whereNull('revoked_at')
    .select('pins.id', 'member_id', 'name', 'integration_id', 'cooling_until'),
);

const liveOfMembers = statement<{ members: string }, { id: string; member_id: string; sealed: string }>('pins.live-of', (sql, p, dialect) =>
  sql.raw(
    `select id, member_id, sealed from pins where revoked_at is null and ${dialect.inList('member_id')} order by member_id, created_at, id`,
    [p.members],
  ),
);

/** A source's PIN as its User row keeps it. */
export interface SealedPin {
  readonly hash: string;
  readonly sealed: string;
  /** The row that it was sealed for; it opens for no other. */
  readonly sealedFor: { readonly table: string; readonly rowId: string };
}

/**
 * PINs as rows: a keyed hash that is unique while the PIN lives or cools down, and the sealed digits for reveal.
 * The unique constraint is what says whether digits are free; nothing is asked first, so no two transactions can agree on one PIN.
 */
export class PinStore {
  readonly #keys: KeyRing;
  readonly #policy: PinPolicy;

  constructor(keys: KeyRing, policy: PinPolicy = DEFAULT_PIN_POLICY) {
    this.#keys = keys;
    this.#policy = policy;
  }

  /** What look-ups compare. Without the key nobody can make a table of all PINs. */
  pinHash(digits: string): string {
    return pinHash(this.#keys, digits);
  }

  /** Live and revoked ones, oldest first; `key` is the hash. */
  pinsOf(reader: Reader, memberId: string): Promise<Credential[]> {
    return rows.of(reader, memberId);
  }

  /** Gives the member new digits, one longer than usual when the usual length is nearly used up. Errors: `Conflict` when no length is left. */
  async generatePin(tx: Tx, context: ChangeContext, wanted: ForMember): Promise<{ id: string; pin: string; length: number }> {
    for (let length = this.#policy.length; length <= PIN_LENGTH_MAX; length += 1) {
      for (let tries = 0; tries < TRIES_MAX; tries += 1) {
        const pin = generatePin(length);
        const id = await this.#insert(tx, context, wanted, pin, this.pinHash(pin));
        if (id !== null) return { id, pin, length };
      }
    }
    throw new Conflict('There is no free PIN left.');
  }

  /** Gives the member these digits. `taken`: they are in use or cooling down; whose they are is not said. */
  async setPin(
    tx: Tx,
    context: ChangeContext,
    wanted: ForMember & { readonly pin: string },
  ): Promise<{ id: string; length: number } | 'taken'> {
    const { pin } = wanted;
    const hash = this.pinHash(pin);
    const id = (await this.#insert(tx, context, wanted, pin, hash)) ?? (await this.#ownAgain(tx, context, wanted, hash));
    return id === null ? 'taken' : { id, length: pin.length };
  }

  /** `setPin` with the digits that a User row keeps sealed; they are sealed anew for their own row. Errors: `Unsealable`. */
  async setSealedPin(tx: Tx, context: ChangeContext, wanted: ForMember & SealedPin): Promise<'set' | 'taken'> {
    const { hash, sealed, sealedFor } = wanted;
    const digits = this.#keys.open(sealed, sealedFor.table, sealedFor.rowId).expose();
    return (await this.#insert(tx, context, wanted, digits, hash, true)) === null ? 'taken' : 'set';
  }

  /** false when there is nothing to bring back: it is live, not this owner's, or its cool-down is over. */
  resumePin(tx: Tx, context: ChangeContext, wanted: OneOfMember): Promise<boolean> {
    return rows.resume(tx, context, wanted);
  }

  /** Ends the PIN now and keeps its digits from everybody else for the cool-down. false when there is no such live PIN of this owner. */
  revokePin(tx: Tx, context: ChangeContext, wanted: OneOfMember): Promise<boolean> {
    return rows.revoke(tx, context, wanted, this.#policy.coolDownDays);
  }

  /** The digits of a live PIN; that somebody looked is an event. Errors: `NotFound`. */
  async revealPin(tx: Tx, context: ChangeContext, memberId: string, pinId: string): Promise<string> {
    const row = await tx.first(sealedPin, { id: pinId, member_id: memberId });
    if (row === undefined) throw new NotFound('There is no such PIN.');
    await rows.tell(tx, context, 'reveal', { id: memberId, name: row.name, integrationId: row.integration_id }, pinId, {});
    return this.#keys.open(row.sealed, 'pins', pinId).expose();
  }

  /** The digits of a live PIN, for writing them where its source asked for them: nobody has looked at them, so no event. null: there is none. */
  async digitsFor(reader: Reader, memberId: string, pinId: string): Promise<string | null> {
    const row = await reader.first(sealedPin, { id: pinId, member_id: memberId });
    return row === undefined ? null : this.#keys.open(row.sealed, 'pins', pinId).expose();
  }

  /** Whose live PIN these digits are; null: nobody's. Revoked ones, cooling down or not, are nobody's. */
  async holderOf(reader: Reader, digits: string): Promise<Holder | null> {
    const row = await reader.first(liveHolder, { hash: this.pinHash(digits) });
    return row === undefined ? null : holderOf(row);
  }

  /** The digits of all live PINs of these members, for a list that holds them hashed anew. One that cannot be opened is left out: the others still open. */
  async digitsOf(reader: Reader, memberIds: readonly string[]): Promise<{ readonly memberId: string; readonly digits: string }[]> {
    const found = await reader.all(liveOfMembers, { members: JSON.stringify(memberIds) });
    return found.flatMap(({ id, member_id: memberId, sealed }) => {
      try {
        return [{ memberId, digits: this.#keys.open(sealed, 'pins', id).expose() }];
      } catch (error) {
        if (error instanceof Unsealable) return [];
        throw error;
      }
    });
  }

  /** Are the digits held by another member, live or cooling down? To show, never to decide: only the insert decides. */
  async isTaken(reader: Reader, hash: string, exceptMemberId: string | null, now: Instant): Promise<boolean> {
    return (await reader.first(takenHash, { hash, except: exceptMemberId ?? '', now })) !== undefined;
  }

  /** The id, or null when the digits are held. A hash whose cool-down is over is given back on the way. */
  async #insert(
    tx: Tx,
    context: ChangeContext,
    { member, managedBy, because }: ForMember,
    digits: string,
    hash: string,
    fromSource = false,
  ): Promise<string | null> {
    const id = newId('pin');
    const row: NewPin = {
      id,
      member_id: member.id,
      managed_by: managedBy,
      created_at: context.now,
      hash,
      sealed: this.#keys.seal(digits, 'pins', id),
      length: digits.length,
      from_source: fromSource ? 1 : 0,
    };
    if ((await tx.run(insertPin, row)) === 0) {
      const holder = await tx.first(holderOfHash, { hash });
      if (holder !== undefined && !(await freeHash(tx, context, holder))) return null;
      if ((await tx.run(insertPin, row)) === 0) return null;
    }
    await rows.tell(tx, context, 'create', member, id, { because, length: digits.length, managedBy });
    return id;
  }

  /** An admin gives the member digits that it has had: they cool down for its own sake, so they may come back. */
  async #ownAgain(tx: Tx, context: ChangeContext, wanted: ForMember, hash: string): Promise<string | null> {
    const holder = await tx.first(holderOfHash, { hash });
    if (holder === undefined || holder.member_id !== wanted.member.id || holder.revoked_at === null) return null;
    await rows.handOver(tx, holder.member_id, holder.id, wanted.managedBy);
    return (await rows.resume(tx, context, { ...wanted, id: holder.id })) ? holder.id : null;
  }
}

/** Gives the digits back once the cool-down is over. false while they are held. */
async function freeHash(tx: Tx, context: ChangeContext, pin: CoolingPin): Promise<boolean> {
  if (pin.cooling_until === null || pin.cooling_until > context.now) return false;
  if ((await tx.run(dropHash, { id: pin.id, now: context.now })) === 0) return false;
  const member: MemberRef = { id: pin.member_id, name: pin.name, integrationId: pin.integration_id };
  await rows.tell(tx, context, 'edit', member, pin.id, { because: 'the cool-down is over: its digits may be given to somebody else' });
  return true;
}

/**
 * Gives back the digits of up to `limit` PINs whose cool-down is over, each with its event; returns of how many. Users
 * whose source chose these digits in vain are marked: one of them gets its PIN at last. They come first, because who
 * reconciles a User locks it before any PIN.
 */
export async function freeCooledDown(tx: Tx, context: ChangeContext, limit: number): Promise<number> {
  const pins = await tx.all(cooledDown, { now: context.now, limit });
  if (pins.length > 0) await tx.run(markWaiting, { hashes: JSON.stringify(pins.map(({ hash }) => hash)) });
  let freed = 0;
  for (const pin of pins) {
    if (await freeHash(tx, context, pin)) freed += 1;
  }
  return freed;
}

/** Until when the member's digits are kept from others; null when none of them cools down. */
export async function coolingOf(reader: Reader, memberId: string): Promise<Instant | null> {
  return (await reader.first(lastCooling, { member_id: memberId }))?.until ?? null;
}
