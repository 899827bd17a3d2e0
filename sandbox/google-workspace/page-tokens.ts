import type { Request } from 'express';
import type { SandboxClock } from '../kernel/clock.js';
import { envelope, type GoogleErrorRow } from './errors.js';
import type { GoogleSwitches } from './records.js';

interface PageToken {
  /** All other parameters. */
  readonly of: string;
  readonly at: number;
  readonly from: number;
  /** How often this page has come already, and whether its empty forerunner has. */
  readonly sent: number;
  readonly announced: boolean;
}

export type ListPage<Item> = { readonly items: readonly Item[]; readonly nextPageToken: string | undefined } | GoogleErrorRow;

const TOKEN_LIFE_MS = 3 * 24 * 60 * 60_000;

export function isError<Item>(page: ListPage<Item>): page is GoogleErrorRow {
  return 'status' in page;
}

/** Cuts lists into pages. A token goes with the parameters that it was made for, and dies after three days. */
export class PageTokens {
  readonly #clock: SandboxClock;
  readonly #switches: GoogleSwitches;

  constructor(clock: SandboxClock, switches: GoogleSwitches) {
    this.#clock = clock;
    this.#switches = switches;
  }

  /** @param sizes how many items without `maxResults`, and at most */
  page<Item>(request: Request, items: readonly Item[], sizes: { readonly usual: number; readonly max: number }): ListPage<Item> {
    const query = new URL(request.originalUrl, 'http://sandbox').searchParams;
    const text = query.get('pageToken');
    const wanted = Number(query.get('maxResults') ?? sizes.usual);
    if (!Number.isInteger(wanted) || wanted < 1 || wanted > sizes.max) return envelope(400, 'invalid', 'Invalid Input: maxResults');
    query.delete('pageToken');
    query.sort();
    const of = `${request.path}?${query.toString()}`;
    const token = text === null ? { of, at: this.#clock.now(), from: 0, sent: 0, announced: false } : this.#read(text, of);
    if (token === null) return envelope(400, 'invalid', `Invalid Input: ${text ?? ''}`);
    return this.#cut(items, token, Math.min(wanted, this.#switches.pageSize ?? wanted));
  }

  #cut<Item>(items: readonly Item[], token: PageToken, size: number): ListPage<Item> {
    const { emptyPages, duplicatePages } = this.#switches;
    if (emptyPages && !token.announced) return { items: [], nextPageToken: this.#write({ ...token, announced: true }) };
    const page = items.slice(token.from, token.from + size);
    if (duplicatePages && token.sent === 0) return { items: page, nextPageToken: this.#write({ ...token, sent: 1 }) };
    const from = token.from + size;
    const isLast = from >= items.length;
    return { items: page, nextPageToken: isLast ? undefined : this.#write({ ...token, from, sent: 0, announced: false }) };
  }

  #write(token: PageToken): string {
    return Buffer.from(JSON.stringify({ ...token, at: this.#clock.now() })).toString('base64url');
  }

  #read(text: string, of: string): PageToken | null {
    if (this.#switches.refusedPageTokens > 0) {
      this.#switches.refusedPageTokens -= 1;
      return null;
    }
    try {
      const token = JSON.parse(Buffer.from(text, 'base64url').toString('utf8')) as PageToken;
      return token.of === of && this.#clock.now() - token.at <= TOKEN_LIFE_MS ? token : null;
    } catch {
      return null;
    }
  }
}
