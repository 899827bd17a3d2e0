/** One request of the catalogue with the answer that it must get. `{user}` and `{group}` in path and body stand for ids that exist. */
export interface Hostile {
  readonly label: string;
  readonly method: string;
  readonly path: string;
  /** A text or bytes are sent as they are, anything else as JSON. */
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  readonly status: number;
  /** Absent: an error without one, or no error. */
  readonly scimType?: string;
}

/** Ids that exist, for the catalogue to name. */
export interface Places {
  readonly user: string;
  readonly group: string;
}

/** Path and body as they are sent, with the ids in their places. */
export function placed({ path, body }: Hostile, places: Places): { path: string; body: string | Uint8Array | undefined } {
  return { path: fill(path, places), body: bodyOf(body, places) };
}

function bodyOf(body: unknown, places: Places): string | Uint8Array | undefined {
  if (body === undefined || body instanceof Uint8Array) return body;
  return fill(typeof body === 'string' ? body : JSON.stringify(body), places);
}

function fill(text: string, { user, group }: Places): string {
  return text.replaceAll('{user}', user).replaceAll('{group}', group);
}
