import type { NexudusRow } from '../../domain/generated/upstream/nexudus/row.js';
import { messageOf, type UpstreamRequest, type UpstreamResponse } from '../http.js';
import { UpstreamContract, UpstreamRefused } from '../upstream-errors.js';
import { type Authorization, authorizationOf } from './auth.js';
import { baseUrlOf, type NexudusContext } from './context.js';
import type { Entity } from './entities.js';
import { readList } from './listing.js';
import { checkPage, checkRow } from './schema.js';
import { idOf } from './values.js';

export type Filters = Readonly<Record<string, string>>;

/** What a write brought: done, or refused with a sentence of Nexudus. */
export type Written = { readonly done: true } | { readonly done: false; readonly message: string };

const PAGE_SIZE = 500;

/** Requests to the REST API: signs in, asks, reads lists to their end. Errors: those of `UpstreamHttp`, `UpstreamRefused`, `UpstreamContract`. */
export class NexudusClient {
  readonly #http: NexudusContext['http'];
  readonly #base: string;
  readonly #authorization: Authorization;

  constructor(context: NexudusContext) {
    this.#http = context.http;
    this.#base = baseUrlOf(context.config);
    this.#authorization = authorizationOf(context);
  }

  /** All records of a kind that the filters let through, each with everything that we read of it. */
  async list<Record>(entity: Entity<Record>, filters: Filters = {}): Promise<Record[]> {
    const rows = await readList(
      async (page) => checkPage(await this.#page(entity, { ...filters, orderBy: 'Id', page: String(page), size: String(PAGE_SIZE) })),
      (id) => this.get(entity, id),
    );
    const records = await Promise.all(rows.map((row) => this.#complete(entity, row)));
    return records.filter((record) => record !== null);
  }

  /** Asks for one row only, to see whether we may. */
  async probe(entity: Entity<unknown>): Promise<void> {
    checkPage(await this.#page(entity, { orderBy: 'Id', page: '1', size: '1' }));
  }

  /** One record with all its fields, checked only to be the one asked for; null: there is none (any more). */
  async get(entity: Entity<unknown>, id: string): Promise<NexudusRow | null> {
    const answer = await this.#request({ method: 'GET', url: `${this.#base}/${entity.path}/${id}` }, entity.words);
    if (answer.status === 404) return null;
    const row = checkRow(bodyOf(answer, entity.words));
    if (idOf(row.Id) !== id) throw new UpstreamContract('Nexudus sent another record than the one asked for.');
    return row;
  }

  /** Done or refused; a refusal comes as a 400 or as a 200 that says so. */
  async send(method: 'POST' | 'PUT', entity: Entity<unknown>, json: unknown): Promise<Written> {
    const answer = await this.#request({ method, url: `${this.#base}/${entity.path}`, json }, entity.words);
    const refused = answer.status === 400 || (answer.status < 300 && saysNo(answer.json()));
    if (refused) return { done: false, message: messageOf(answer) };
    bodyOf(answer, entity.words);
    return { done: true };
  }

  /** Gone already is gone. */
  async remove(entity: Entity<unknown>, id: string): Promise<void> {
    const answer = await this.#request({ method: 'DELETE', url: `${this.#base}/${entity.path}/${id}`, repeatable: true }, entity.words);
    if (answer.status >= 400 && answer.status !== 404) throw notUnderstood(answer, entity.words);
  }

  async #page(entity: Entity<unknown>, query: Filters): Promise<unknown> {
    const answer = await this.#request({ method: 'GET', url: `${this.#base}/${entity.path}`, query }, entity.words);
    return bodyOf(answer, entity.words);
  }

  /** Lists leave fields out: what is missing is read from the record itself, never taken as empty. */
  async #complete<Record>(entity: Entity<Record>, row: NexudusRow): Promise<Record | null> {
    const fields: ReadonlyMap<string, unknown> = new Map(Object.entries(row));
    if (entity.needs.every((name) => fields.get(name) !== undefined)) return entity.check(row);
    const record = await this.get(entity, String(row.Id));
    return record === null ? null : entity.check(record);
  }

  /** A token that is refused is renewed once; whoever is refused then lacks a right. */
  async #request(request: UpstreamRequest, words: string): Promise<UpstreamResponse> {
    const header = await this.#authorization.header();
    let answer = await this.#http.request({ ...request, headers: { authorization: header } });
    if (answer.status === 401) {
      const renewed = await this.#authorization.renewed(header);
      if (renewed !== null) answer = await this.#http.request({ ...request, headers: { authorization: renewed } });
    }
    if (answer.status !== 401 && answer.status !== 403) return answer;
    throw new UpstreamRefused(
      `Nexudus does not let us use its ${words}: check the credentials and the roles of this user (${messageOf(answer)}).`,
    );
  }
}

function bodyOf(answer: UpstreamResponse, words: string): unknown {
  if (answer.status >= 300) throw notUnderstood(answer, words);
  const body = answer.json();
  if (saysNo(body)) throw notUnderstood(answer, words);
  return body;
}

/** A success by its status that is none. */
function saysNo(body: unknown): boolean {
  return typeof body === 'object' && body !== null && 'WasSuccessful' in body && body.WasSuccessful === false;
}

function notUnderstood(answer: UpstreamResponse, words: string): UpstreamContract {
  return new UpstreamContract(`Nexudus answered ${answer.status} when asked for ${words}: ${messageOf(answer)}`);
}
