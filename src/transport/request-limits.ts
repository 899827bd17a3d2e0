import type { IncomingMessage } from 'node:http';
import { clientAddress } from './client-address.js';
import { type Rate, RateLimiter } from './rate-limiter.js';

/** What a token of the admin API may ask; the console and scripts stay far below. */
const API_RATE: Rate = { perSecond: 200, burst: 1_000 };

/** What a controller may ask; the busiest entrance of a tower stays far below. */
const CONTROLLER_RATE: Rate = { perSecond: 50, burst: 500 };

/**
 * Tokens that open nothing, per client address. As many as an identity provider sends whose token has been revoked or has
 * expired: it is told 401 as long as it asks at the usual pace.
 */
const WRONG_TOKEN_RATE: Rate = { perSecond: 25, burst: 500 };

/** Wrong secrets for one Magic Link from one address: nobody mistypes 192 bits, so this is a stale link or a guess. */
const GUEST_LINK_RATE: Rate = { perSecond: 1 / 6, burst: 10 };
/** Wrong ones over all links. Generous, because behind a proxy all guests have one address. */
const GUEST_ADDRESS_RATE: Rate = { perSecond: 20, burst: 300 };
/** Presses of *Open* behind one link, each of which is an event. */
const GUEST_PRESS_RATE: Rate = { perSecond: 0.5, burst: 20 };

/** How often somebody may ask. Each answers 0 for "go ahead", or the whole seconds to wait. Per process. */
export class RequestLimits {
  readonly #stopwatch: () => number;
  readonly #scimTokens = new RateLimiter();
  readonly #apiTokens = new RateLimiter();
  readonly #controllers = new RateLimiter();
  readonly #addresses = new RateLimiter();
  readonly #guestLinks = new RateLimiter();
  readonly #guestAddresses = new RateLimiter();
  readonly #guestPresses = new RateLimiter();

  /** @param stopwatch milliseconds of a clock that never goes back */
  constructor(stopwatch: () => number) {
    this.#stopwatch = stopwatch;
  }

  scimToken(tokenId: string, rate: Rate): number {
    return this.#scimTokens.take(tokenId, rate, this.#stopwatch());
  }

  apiToken(tokenId: string): number {
    return this.#apiTokens.take(tokenId, API_RATE, this.#stopwatch());
  }

  controller(controllerId: string): number {
    return this.#controllers.take(controllerId, CONTROLLER_RATE, this.#stopwatch());
  }

  /** Asked once a token has turned out wrong, never before: a right one gets in from any address. */
  wrongToken(request: IncomingMessage): number {
    return this.#addresses.take(clientAddress(request), WRONG_TOKEN_RATE, this.#stopwatch());
  }

  /**
   * Asked before the secret of a Magic Link is looked at, so that of many guesses at once no more are looked at than may
   * be. One that was right is given back: only wrong ones count.
   */
  guestSecret(request: IncomingMessage, linkId: string): number {
    return this.#guestLinks.take(`${linkId} ${clientAddress(request)}`, GUEST_LINK_RATE, this.#stopwatch());
  }

  guestSecretWasRight(request: IncomingMessage, linkId: string): void {
    this.#guestLinks.giveBack(`${linkId} ${clientAddress(request)}`, GUEST_LINK_RATE, this.#stopwatch());
  }

  /**
   * Asked once a secret has turned out wrong, never before: behind a proxy all guests have one address, and whoever guesses
   * there would keep all of them from their doors.
   */
  guestSecretWasWrong(request: IncomingMessage): number {
    return this.#guestAddresses.take(clientAddress(request), GUEST_ADDRESS_RATE, this.#stopwatch());
  }

  guestPress(linkId: string): number {
    return this.#guestPresses.take(linkId, GUEST_PRESS_RATE, this.#stopwatch());
  }
}
