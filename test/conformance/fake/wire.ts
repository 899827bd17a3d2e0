import type { Json, JsonObject } from '../../../conformance/json.js';

export interface FakeRequest {
  readonly method: string;
  /** Below the base, without the query, not decoded. */
  readonly path: string;
  readonly query: Readonly<Record<string, string>>;
  /** By lower-case name. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | Uint8Array | null;
}

export interface FakeAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Json | undefined;
}

/** The request is answered with a SCIM error. */
export class Refusal extends Error {
  readonly status: number;
  readonly scimType: string | undefined;
  readonly headers: Readonly<Record<string, string>>;

  constructor(status: number, scimType?: string, headers: Readonly<Record<string, string>> = {}) {
    super(scimType ?? `status ${status}`);
    this.status = status;
    this.scimType = scimType;
    this.headers = headers;
  }
}

export type Writable = Record<string, Json | undefined>;

export function writable(value: JsonObject): Writable {
  return structuredClone(value) as Writable;
}
