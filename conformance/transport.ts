import { Agent, fetch } from 'undici';
import type { Transport } from './client.js';

/**
 * One connection, which the next request uses at once: a second one would lie idle until the server closes it, perhaps
 * in the moment when a request is sent on it. @see RFC 9112 section 9.5
 */
const dispatcher = new Agent({ connections: 1, keepAliveTimeout: 1_000, keepAliveMaxTimeout: 1_000 });

export const overHttp: Transport = async (url, request) => {
  const response = await fetch(url, { ...request, redirect: 'manual', dispatcher });
  return { status: response.status, headers: response.headers, text: await response.text() };
};
