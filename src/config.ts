import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { parseEnv } from 'node:util';
import { Ajv2020, type ErrorObject } from 'ajv/dist/2020.js';
import { unknownNames } from './config/unknown-names.js';
import type { Environment } from './domain/generated/config.js';
import { LatchkeyError } from './errors.js';

/** What the operator decides before start. Frozen; nothing else in the program reads the environment. */
export interface Config {
  readonly port: number;
  readonly host: string;
  /** Absolute. */
  readonly dataDir: string;
  /** A PostgreSQL URL or the path of an SQLite file; null: the file in the data directory. May hold a password: never log it. */
  readonly databaseUrl: string | null;
  /** Without a slash at its end. */
  readonly publicUrl: string;
  /** `keyid:base64[,keyid:base64…]`, the first seals; null: generated into the data directory. */
  readonly secretKeys: string | null;
  readonly logLevel: Environment['LATCHKEY_LOG_LEVEL'];
  readonly allowPrivateUrls: boolean;
  readonly shutdownSeconds: number;
  /** 0: for ever. */
  readonly eventRetentionDays: number;
  /** Sign-in to the console with Google; null: only one-time links. */
  readonly google: { readonly clientId: string; readonly clientSecret: string; readonly allowed: readonly string[] } | null;
}

/** The environment is not usable. The message lists every mistake, one a line, and repeats no value. */
export class InvalidConfig extends LatchkeyError {
  readonly problems: readonly string[];

  constructor(problems: readonly string[]) {
    super(`The configuration is not valid:\n${problems.map((problem) => `  - ${problem}`).join('\n')}`);
    this.problems = problems;
  }
}

interface Variable {
  readonly 'x-secret'?: boolean;
}

type Values = Record<string, string>;

const schema = JSON.parse(readFileSync(new URL('../schemas/config.json', import.meta.url), 'utf8')) as {
  readonly properties: Readonly<Record<string, Variable>>;
};
const NAMES = Object.keys(schema.properties);
const FILE_NAMES = NAMES.filter((name) => schema.properties[name]?.['x-secret'] === true).map((name) => `${name}_FILE`);
/** Ours, and read by the browser tests alone: a server that they start inherits it. */
const ELSEWHERE = ['LATCHKEY_CHROMIUM'];

const ajv = new Ajv2020({ allErrors: true, useDefaults: true, coerceTypes: true });
ajv.addKeyword('x-secret');
const validate = ajv.compile<Environment>(schema);

/**
 * Reads the environment, then the `.env` file for what it does not set.
 *
 * @param envFile null: no file is read
 * @throws InvalidConfig with all mistakes at once
 */
export function readConfig(env: NodeJS.ProcessEnv = process.env, envFile: string | null = '.env'): Config {
  const given = present({ ...(envFile === null ? {} : readEnvFile(envFile)), ...env });
  const problems = unknownNames(Object.keys(given), [...NAMES, ...FILE_NAMES, ...ELSEWHERE]);
  const values: Record<string, unknown> = {};
  for (const name of NAMES) {
    const value = readValue(name, given, problems);
    if (value !== undefined) values[name] = value;
  }
  if (!validate(values)) {
    problems.push(...(validate.errors ?? []).map(sentence));
    throw new InvalidConfig(unique(problems));
  }
  const config = build(values, problems);
  if (problems.length > 0) throw new InvalidConfig(unique(problems));
  return config;
}

function readEnvFile(path: string): NodeJS.ProcessEnv {
  try {
    return parseEnv(readFileSync(path, 'utf8')) as NodeJS.ProcessEnv;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return {};
    throw new InvalidConfig([`the file ${path} cannot be read`]);
  }
}

/** An empty value counts as absent: compose files pass variables that nobody has set. */
function present(env: NodeJS.ProcessEnv): Values {
  return Object.fromEntries(Object.entries(env).filter((entry): entry is [string, string] => entry[1] !== undefined && entry[1] !== ''));
}

/** The value of a variable, or the content of the file that its `_FILE` form names. */
function readValue(name: string, given: Values, problems: string[]): string | undefined {
  const file = FILE_NAMES.includes(`${name}_FILE`) ? given[`${name}_FILE`] : undefined;
  if (file === undefined) return given[name];
  if (given[name] !== undefined) {
    problems.push(`${name} and ${name}_FILE are both set; use one of them`);
    return undefined;
  }
  try {
    const content = readFileSync(file, 'utf8').replace(/\r?\n$/, '');
    if (content === '') problems.push(`${name}_FILE names an empty file`);
    return content === '' ? undefined : content;
  } catch {
    problems.push(`${name}_FILE names a file that cannot be read: ${file}`);
    return undefined;
  }
}

/** One of ajv's findings in words that repeat no value, which might be a secret. */
function sentence({ instancePath, keyword, params, message }: ErrorObject): string {
  const name = instancePath.slice(1);
  if (name === 'LATCHKEY_SECRET_KEYS')
    return `${name} must be keyid:base64 of 32 random bytes, several separated by commas (openssl rand -base64 32)`;
  if (keyword === 'enum') return `${name} must be one of ${(params['allowedValues'] as readonly string[]).join(', ')}`;
  if (keyword === 'type') return `${name} must be ${params['type'] === 'boolean' ? 'true or false' : 'a whole number'}`;
  if (keyword === 'minimum' || keyword === 'maximum')
    return `${name} must be at ${keyword === 'minimum' ? 'least' : 'most'} ${String(params['limit'])}`;
  return `${name} ${message ?? 'is not valid'}`;
}

function build(environment: Environment, problems: string[]): Config {
  const { HOST: host, PORT: port } = environment;
  const authority = `${host.includes(':') ? `[${host}]` : host}:${port}`;
  return Object.freeze({
    port,
    host,
    dataDir: resolve(environment.LATCHKEY_DATA_DIR),
    databaseUrl: databaseUrl(environment.DATABASE_URL, problems),
    publicUrl: environment.LATCHKEY_PUBLIC_URL === undefined ? `http://${authority}` : publicUrl(environment.LATCHKEY_PUBLIC_URL, problems),
    secretKeys: environment.LATCHKEY_SECRET_KEYS ?? null,
    logLevel: environment.LATCHKEY_LOG_LEVEL,
    allowPrivateUrls: environment.LATCHKEY_ALLOW_PRIVATE_URLS,
    shutdownSeconds: environment.LATCHKEY_SHUTDOWN_SECONDS,
    eventRetentionDays: environment.LATCHKEY_EVENT_RETENTION_DAYS,
    google: google(environment, problems),
  });
}

function databaseUrl(text: string | undefined, problems: string[]): string | null {
  if (text === undefined) return null;
  const scheme = text.slice(0, Math.max(0, text.indexOf(':')));
  // One letter is the drive of a Windows path.
  const isPath = scheme.length <= 1 || scheme.includes('/') || scheme === 'sqlite' || scheme === 'file';
  const isServer = (text.startsWith('postgres://') || text.startsWith('postgresql://')) && URL.canParse(text);
  // Each handle on a database in memory would see another one.
  const inMemory = text.includes(':memory:');
  if ((!isPath && !isServer) || inMemory) problems.push('DATABASE_URL must be postgres://…, postgresql://… or the path of an SQLite file');
  return text;
}

function publicUrl(text: string, problems: string[]): string {
  const url = URL.canParse(text) ? new URL(text) : null;
  const usable = url !== null && (url.protocol === 'http:' || url.protocol === 'https:') && url.username === '' && url.password === '';
  if (!usable || url.search !== '' || url.hash !== '' || text.includes('?') || text.includes('#')) {
    problems.push('LATCHKEY_PUBLIC_URL must be an http:// or https:// address without user, query and fragment');
    return '';
  }
  const path = url.pathname.endsWith('/') ? url.pathname.slice(0, -1) : url.pathname;
  return `${url.origin}${path}`;
}

function google(environment: Environment, problems: string[]): Config['google'] {
  const { LATCHKEY_GOOGLE_CLIENT_ID: clientId, LATCHKEY_GOOGLE_CLIENT_SECRET: clientSecret, LATCHKEY_GOOGLE_ALLOWED: list } = environment;
  const allowed = (list ?? '')
    .split(',')
    .map((entry) => entry.trim().toLowerCase())
    .filter((entry) => entry !== '');
  if (clientId === undefined && clientSecret === undefined && list === undefined) return null;
  if (clientId === undefined || clientSecret === undefined || allowed.length === 0) {
    problems.push('LATCHKEY_GOOGLE_CLIENT_ID, LATCHKEY_GOOGLE_CLIENT_SECRET and LATCHKEY_GOOGLE_ALLOWED belong together: set all or none');
    return null;
  }
  return Object.freeze({ clientId, clientSecret, allowed: Object.freeze(allowed) });
}

function unique(problems: readonly string[]): readonly string[] {
  return [...new Set(problems)];
}
