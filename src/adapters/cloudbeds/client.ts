import type { CloudbedsEnvelope } from '../../domain/generated/upstream/cloudbeds/envelope.js';
import { messageOf, type UpstreamRequest, type UpstreamResponse } from '../http.js';
import { UpstreamContract, UpstreamRefused, UpstreamUnavailable } from '../upstream-errors.js';
import { isFailure, refusalOf } from './answers.js';
import type { CloudbedsContext } from './context.js';
import { announcedBase, configuredBase, servicesBase } from './endpoints.js';
import { checkEnvelope, checkMetadata } from './schema.js';
import { authorization, without } from './tokens.js';

export type Query = NonNullable<UpstreamRequest['query']>;
type Call = Omit<UpstreamRequest, 'url'>;

const API_BASE = 'api_base';

/** Requests to Cloudbeds for one integration: signed in, told which property is meant, refusals recognised in all their forms. */
export class CloudbedsClient {
  readonly context: CloudbedsContext;
  #base: string | null = null;

  constructor(context: CloudbedsContext) {
    this.context = context;
  }

  get propertyId(): string {
    return this.context.config.propertyId;
  }

  /** A GET of the classic API that has to succeed. */
  async read(path: string, query: Query): Promise<CloudbedsEnvelope> {
    return this.succeeded(await this.classic(path, { method: 'GET', query }));
  }

  /** A write of the classic API that has to succeed. */
  async write(path: string, call: Call): Promise<CloudbedsEnvelope> {
    return this.succeeded(await this.classic(path, call));
  }

  /** Any answer of the classic API but a refusal. */
  async classic(path: string, call: Call): Promise<UpstreamResponse> {
    const base = await this.#apiBase();
    return this.#authorized({ ...call, url: `${base}/${path}` });
  }

  /** Any answer of the door-lock service but a refusal. */
  service(path: string, call: Call): Promise<UpstreamResponse> {
    return this.#authorized({ ...call, url: `${servicesBase(this.context.config)}/doorlock/v1/${path}` });
  }

  /** `success` has to be true: Cloudbeds says no under 200. */
  succeeded(response: UpstreamResponse): CloudbedsEnvelope {
    const envelope = checkEnvelope(response.json());
    if (response.status < 400 && envelope.success) return envelope;
    this.#log(response);
    const message = `Cloudbeds could not do what we asked for: ${this.#said(response)}`;
    throw response.status < 400 ? new UpstreamUnavailable(message) : new UpstreamContract(message);
  }

  /** For an answer that is neither what was asked for nor one of the known refusals. */
  unexpected(response: UpstreamResponse): UpstreamContract {
    this.#log(response);
    return new UpstreamContract(`Cloudbeds answered ${response.status}: ${this.#said(response)}`);
  }

  /** Asks anew where the API of the property is. */
  async forgetBase(): Promise<void> {
    this.#base = null;
    await this.context.vault.put(API_BASE, null);
  }

  async #apiBase(): Promise<string> {
    const { config, vault } = this.context;
    const { url, chosen } = configuredBase(config);
    if (chosen) return url;
    this.#base ??= await vault.get(API_BASE);
    if (this.#base === null) {
      this.#base = await this.#announced(url);
      await vault.put(API_BASE, this.#base);
    }
    return this.#base;
  }

  async #announced(fallback: string): Promise<string> {
    const response = await this.#authorized({ method: 'GET', url: `${fallback}/oauth/metadata` });
    if (response.status >= 400 || isFailure(response)) return fallback;
    return announcedBase(checkMetadata(checkEnvelope(response.json()).data).api.url);
  }

  /** After a refusal: one renewal, one more try. An API key cannot be renewed. */
  async #authorized(call: UpstreamRequest): Promise<UpstreamResponse> {
    const send = (headers: Readonly<Record<string, string>>) =>
      this.context.http.request({ ...call, headers: { ...call.headers, ...headers, 'x-property-id': this.propertyId } });
    const { headers, renew } = await authorization(this.context);
    const response = await send(headers);
    const refusal = refusalOf(response);
    if (refusal === 'none') return response;
    if (refusal === 'final' || renew === null) throw this.#refused(response);
    const second = await send(await renew());
    if (refusalOf(second) !== 'none') throw this.#refused(second);
    return second;
  }

  #refused(response: UpstreamResponse): UpstreamRefused {
    this.#log(response);
    return new UpstreamRefused(`Cloudbeds does not accept the connection: ${this.#said(response)}`);
  }

  #said(response: UpstreamResponse): string {
    const { apiKey, clientSecret } = this.context.secrets;
    return without(messageOf(response), [apiKey, clientSecret]);
  }

  /** The vendor's support asks for the id of the request. */
  #log({ status, headers }: UpstreamResponse): void {
    this.context.logger.warn('cloudbeds said no', { status, requestId: headers['x-request-id'] });
  }
}
