import { REDACTED, Secret } from '../credentials/secret.js';

/** Last words of names whose values never reach a log, whoever put them there: `pinHash`, `set-cookie`, `access_token`. */
const SECRET_WORDS = new Set([
  ...['authorization', 'cookie', 'cookies', 'token', 'tokens', 'pin', 'pins', 'secret', 'secrets', 'password', 'passwords'],
  ...['url', 'urls', 'link', 'links', 'sealed', 'hash', 'keys', 'digits', 'credentials'],
]);
/** Names that end like a secret and are none. */
const HARMLESS = new Set(['publicUrl']);
const DEPTH_MAX = 6;

/** The same value without secrets, as plain data that can be written as JSON. */
export function redacted(value: unknown, depth = 0): unknown {
  if (typeof value === 'string') return scrubbed(value);
  if (typeof value !== 'object' || value === null) return value;
  if (value instanceof Secret) return REDACTED;
  if (depth >= DEPTH_MAX) return '[too deep]';
  if (value instanceof Error) return errorFields(value, depth);
  if (ArrayBuffer.isView(value)) return '[bytes]';
  if (Array.isArray(value)) return value.map((item) => redacted(item, depth + 1));
  return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, isSecretName(name) ? REDACTED : redacted(item, depth + 1)]));
}

/** Words of a name in camelCase, snake_case or kebab-case; `secret` and `password` make a secret wherever they stand. */
function isSecretName(name: string): boolean {
  if (HARMLESS.has(name)) return false;
  const words = name
    .replace(/[A-Z]+/g, (letters) => `-${letters}`)
    .toLowerCase()
    .split(/[^a-z]+/)
    .filter((word) => word !== '');
  return words.includes('secret') || words.includes('password') || SECRET_WORDS.has(words.at(-1) ?? '');
}

/** The stack says where; an SQL text may be in the message, its bindings never are, and neither is what hangs on the error. */
function errorFields(error: Error, depth: number): unknown {
  const { name, message, stack } = error;
  const code = 'code' in error && typeof error.code === 'string' ? { code: error.code } : {};
  const cause = error.cause === undefined ? {} : { cause: redacted(error.cause, depth + 1) };
  const errors = error instanceof AggregateError ? { errors: redacted(error.errors, depth + 1) } : {};
  return { name, message: scrubbed(message), stack: stack === undefined ? undefined : scrubbed(stack), ...code, ...cause, ...errors };
}

/** Tokens of ours, the user and password of a URL, the secret part of a Magic Link or a webhook address: wherever they stand in a text. */
export function scrubbed(text: string): string {
  return text
    .replace(/\blk[sacg]_[0-9A-Za-z]{20,}/g, (token) => `${token.slice(0, 4)}${REDACTED}`)
    .replace(/:\/\/[^\s/@]+@/g, `://${REDACTED}@`)
    .replace(/(\/webhooks\/[\w-]+\/)[\w-]+/g, `$1${REDACTED}`)
    .replace(/(\/m\/[0-9a-z_]+#)[\w-]+/g, `$1${REDACTED}`)
    .replace(/\b(bearer|basic) +[\w.~+/=-]{8,}/gi, `$1 ${REDACTED}`);
}
