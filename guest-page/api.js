/**
 * @typedef {import('../src/domain/guest-page.js').GuestView} GuestView
 * @typedef {import('../src/domain/guest-page.js').OpenAnswer} OpenAnswer
 */

/** The link opens nothing, or its session is over; nobody is told which. */
export class Refused extends Error {}

/** Asked too often. */
export class TooMany extends Error {}

/** Longer than a command may take; a request that hangs must not leave a guest before a silent page. */
const GIVE_UP_MS = 20_000;

/** What the server of one link is asked. */
export class LinkApi {
  /** @type {string} */
  #path;
  /** @type {string} */
  #session = '';

  /** @param {string} path of the page, without a slash at its end */
  constructor(path) {
    this.#path = path;
  }

  /**
   * @param {string} secret
   * @returns {Promise<GuestView>}
   * @throws {Refused}
   */
  async begin(secret) {
    const answer = await this.#ask('POST', '/session', { secret });
    // Held in memory and sent as a header, so that the page works where cookies are blocked.
    this.#session = String(answer.session);
    return answer;
  }

  /**
   * @returns {Promise<GuestView>}
   * @throws {Refused}
   */
  doors() {
    return this.#ask('GET', '/doors');
  }

  /**
   * @param {string} doorId
   * @returns {Promise<OpenAnswer>}
   * @throws {Refused}
   */
  open(doorId) {
    return this.#ask('POST', `/doors/${encodeURIComponent(doorId)}/open`, {});
  }

  /**
   * @param {string} method
   * @param {string} path
   * @param {object} [body]
   */
  async #ask(method, path, body) {
    const response = await fetch(this.#path + path, {
      method,
      cache: 'no-store',
      referrerPolicy: 'no-referrer',
      signal: AbortSignal.timeout(GIVE_UP_MS),
      headers: {
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...(this.#session === '' ? {} : { authorization: `Bearer ${this.#session}` }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    // 404: the door is no longer one of this guest's, and neither may the page be what it was.
    if (response.status === 403 || response.status === 404) throw new Refused();
    if (response.status === 429) throw new TooMany();
    if (!response.ok) throw new Error(`status ${response.status}`);
    return response.json();
  }
}
