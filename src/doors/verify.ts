import { accessFacts } from '../access/access-reader.js';
import { decide } from '../access/decide.js';
import { holdDoor } from '../access/door-store.js';
import type { CardStore } from '../credentials/card-store.js';
import type { Holder } from '../credentials/member-credentials.js';
import type { PinStore } from '../credentials/pin-store.js';
import type { Database, Tx } from '../db/database.js';
import { takeDoor } from '../db/turns.js';
import type { AccessDecision, AccessFacts, AccessMethod, AccessReason } from '../domain/doors.js';
import type { ChangeContext } from '../domain/events.js';
import type { Instant } from '../domain/time.js';
import { noteWrongAttempt, wrongAttempts } from './attempt-store.js';
import { openDoorAlert, openInstallationAlert } from './guessing.js';
import { heldUntil } from './limiter.js';
import { recordUse } from './record-use.js';

export interface Attempt {
  readonly doorId: string;
  readonly credential: { readonly type: 'pin' | 'card'; readonly value: string };
}

/** What a controller is told. Of a denied credential nothing says whose it is. */
export interface VerifyAnswer {
  readonly granted: boolean;
  readonly reason: AccessReason;
  readonly memberId?: string;
  /** Of the event that was written: a controller that uploads this opening as well names it, and it is there once. */
  readonly eventId?: string;
  /** Until when this door takes no attempt. */
  readonly heldUntil?: Instant;
}

/** What somebody is told who may come through this door by this method, at another time. All else is an unknown credential. */
const AT_ANOTHER_TIME: ReadonlySet<AccessReason> = new Set<AccessReason>(['before_window', 'after_window', 'outside_schedule']);

interface VerifierParts {
  readonly db: Database;
  readonly pins: PinStore;
  readonly cards: CardStore;
}

/** Answers controllers that ask whether a credential opens a door now. */
export class Verifier {
  readonly #parts: VerifierParts;
  /** What this process knows of holds: whoever tries on meanwhile costs no look at the database. A hold is never shortened. */
  readonly #held = new Map<string, { readonly since: Instant; readonly until: Instant }>();

  constructor(parts: VerifierParts) {
    this.#parts = parts;
  }

  /**
   * Decides and writes down what it decided in one transaction, attempts at one door by turns. While the limiter holds the
   * door nothing is looked up, so nothing can be learned.
   *
   * A credential that exists and never opens this door by this method is answered and counted as one that does not exist:
   * whoever guesses learns from no answer that a PIN is somebody's elsewhere. Errors: `NotFound` for a door that is gone.
   */
  async verify(context: ChangeContext, attempt: Attempt): Promise<VerifyAnswer> {
    const { now } = context;
    const known = this.#held.get(attempt.doorId);
    if (known !== undefined && known.since <= now && now < known.until) return tooMany(known.until);
    if (known !== undefined) this.#held.delete(attempt.doorId);
    const { answer, heldUntil: until } = await this.#parts.db.transaction((tx) => this.#decide(tx, context, attempt));
    if (until !== null) this.#held.set(attempt.doorId, { since: now, until });
    return answer;
  }

  async #decide(tx: Tx, context: ChangeContext, { doorId, credential }: Attempt): Promise<Decided> {
    await takeDoor(tx, doorId);
    const wrong = await wrongAttempts(tx, doorId, context.now);
    const held = heldUntil(wrong, context.now);
    if (held !== null) return { answer: tooMany(held), heldUntil: held };
    const method = credential.type;
    const holder = await (method === 'pin' ? this.#parts.pins : this.#parts.cards).holderOf(tx, credential.value);
    const facts = holder === null ? null : await accessFacts(tx, { doorId, memberId: holder.member.id });
    if (holder === null || facts === null) return refuse(tx, context, { doorId, method, wrong, holder: null, decision: UNKNOWN });
    const decision = decide(facts, method, context.now);
    const isRightful = mayEver(facts, method) && (decision.granted || AT_ANOTHER_TIME.has(decision.reason));
    if (!isRightful) return refuse(tx, context, { doorId, method, wrong, holder, decision });
    const { member, credentialId } = holder;
    const eventId = await recordUse(tx, context, { door: facts.door, member, method, credentialId, decision });
    const { granted, reason } = decision;
    return { answer: granted ? { granted, reason, memberId: member.id, eventId } : { granted, reason, eventId }, heldUntil: null };
  }
}

interface Decided {
  readonly answer: VerifyAnswer;
  /** Until when the door takes no attempt from now on. */
  readonly heldUntil: Instant | null;
}

const tooMany = (until: Instant): VerifyAnswer => ({ granted: false, reason: 'too_many_attempts', heldUntil: until });

/** Is there a permission for this door and method, whatever the time? */
function mayEver({ associations }: AccessFacts, method: AccessMethod): boolean {
  return associations.some(({ permissions }) => permissions.some(({ methods }) => methods === null || methods.includes(method)));
}

const UNKNOWN: AccessDecision = { granted: false, reason: 'unknown_credential', because: [] };

interface Refused {
  readonly doorId: string;
  readonly method: AccessMethod;
  readonly wrong: readonly Instant[];
  /** For the log, which admins read: a PIN that opens nothing here may be one that somebody found. */
  readonly holder: Holder | null;
  readonly decision: AccessDecision;
}

async function refuse(tx: Tx, context: ChangeContext, { doorId, method, wrong, holder, decision }: Refused): Promise<Decided> {
  const door = await holdDoor(tx, doorId);
  await noteWrongAttempt(tx, door.id, context.now);
  const { member, credentialId } = holder ?? { member: null, credentialId: null };
  const eventId = await recordUse(tx, context, { door, member, method, credentialId, decision });
  const held = heldUntil([context.now, ...wrong], context.now);
  if (held !== null) {
    const nobody = { door, member: null, method, credentialId: null };
    await recordUse(tx, context, { ...nobody, decision: { granted: false, reason: 'too_many_attempts' }, details: { heldUntil: held } });
    await openDoorAlert(tx, context, door);
  }
  await openInstallationAlert(tx, context);
  return { answer: { granted: false, reason: 'unknown_credential', eventId }, heldUntil: held };
}
