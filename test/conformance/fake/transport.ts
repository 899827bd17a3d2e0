import type { Transport } from '../../../conformance/client.js';
import type { FakeAnswer, FakeRequest } from './wire.js';

export const FAKE_BASE = 'http://fake.example/scim/v2';

export type Handle = (request: FakeRequest) => FakeAnswer;

/** Stands in for HTTP: the same requests and answers without a network between them. */
export function transportTo(handle: Handle): Transport {
  return async (url, { method, headers, body }) => {
    const { status, headers: answered, body: json } = handle(requestOf(method, url.slice(FAKE_BASE.length), headers, body));
    return { status, headers: { get: (name) => answered[name] ?? null }, text: json === undefined ? '' : JSON.stringify(json) };
  };
}

/** `target`: path and query below the base. */
export function requestOf(
  method: string,
  target: string,
  headers: Readonly<Record<string, string>>,
  body: string | Uint8Array | undefined,
): FakeRequest {
  const [path = '', query = ''] = target.split('?');
  return { method, path, query: Object.fromEntries(new URLSearchParams(query)), headers, body: body ?? null };
}
