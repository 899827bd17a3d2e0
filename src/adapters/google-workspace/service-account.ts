import { createSign } from 'node:crypto';
import { epochMs, type Instant } from '../../domain/time.js';
import { UpstreamRefused } from '../upstream-errors.js';
import type { GoogleWorkspaceSecrets } from './context.js';

/** What is needed of the JSON key file. */
export interface ServiceAccountKey {
  readonly email: string;
  readonly keyId: string;
  /** PEM. */
  readonly privateKey: string;
}

/** Google compares it with its own address, also when the token is fetched by another way. */
const AUDIENCE = 'https://oauth2.googleapis.com/token';
const LIFETIME_SECONDS = 3_600;
const UNUSABLE = 'This is no key of a service account: give the whole JSON file that Google made.';

/**
 * Reads the key, given as an object or as the text of its file.
 *
 * @throws UpstreamRefused when it is something else
 */
export function readKey(given: NonNullable<GoogleWorkspaceSecrets['serviceAccountKey']>): ServiceAccountKey {
  const fields = new Map<string, unknown>(Object.entries(typeof given === 'string' ? parsed(given) : given));
  const text = (name: string): string => {
    const value = fields.get(name);
    return typeof value === 'string' ? value : '';
  };
  // A key that went through a shell or an environment variable has its line breaks spelt out.
  const key = { email: text('client_email'), keyId: text('private_key_id'), privateKey: text('private_key').replaceAll('\\n', '\n') };
  if (key.email === '' || key.privateKey === '') throw new UpstreamRefused(UNUSABLE);
  return key;
}

function parsed(text: string): object {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === 'object' && value !== null) return value;
  } catch {
    // Whatever the parser says may quote the key.
  }
  throw new UpstreamRefused(UNUSABLE);
}

/**
 * The signed statement that a service account acts for an admin.
 *
 * @throws UpstreamRefused when the private key is none
 * @see RFC 7523 section 3, RFC 7515 section 3.1
 */
export function assertion(key: ServiceAccountKey, subject: string, scopes: readonly string[], now: Instant): string {
  const issuedAt = Math.floor(epochMs(now) / 1_000);
  const claims = { iss: key.email, scope: scopes.join(' '), aud: AUDIENCE, exp: issuedAt + LIFETIME_SECONDS, iat: issuedAt, sub: subject };
  const input = `${encoded({ alg: 'RS256' })}.${encoded(claims)}`;
  return `${input}.${signature(input, key.privateKey)}`;
}

function encoded(part: object): string {
  return Buffer.from(JSON.stringify(part)).toString('base64url');
}

function signature(input: string, privateKey: string): string {
  try {
    return createSign('RSA-SHA256').update(input).sign(privateKey, 'base64url');
  } catch (error) {
    throw new UpstreamRefused(UNUSABLE, { cause: error });
  }
}
