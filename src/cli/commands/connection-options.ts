import { readFileSync } from 'node:fs';
import { InvalidArgumentError } from 'commander';
import type { JsonObject } from '../../domain/scim.js';
import { InvalidInput } from '../../errors.js';
import type { Io } from '../io.js';

/** What `integration create` was told about a connection. */
export interface ConnectionOptions {
  readonly config?: JsonObject;
  readonly configFile?: string;
  readonly secret?: JsonObject;
  readonly secretFile?: string;
  readonly settingsFile?: string;
}

const STANDARD_INPUT = '-';

/** `name=value`, given as often as there are names. */
export function collect(text: string, before: JsonObject = {}): JsonObject {
  const at = text.indexOf('=');
  if (at < 1) throw new InvalidArgumentError('The form is name=value.');
  return Object.fromEntries([...Object.entries(before), [text.slice(0, at), text.slice(at + 1)]]);
}

/** Files first, and over them what stands on the command line. Errors: `InvalidInput` for a file that holds no JSON object. */
export async function connectionOf(
  io: Io,
  { config, configFile, secret, secretFile, settingsFile }: ConnectionOptions,
): Promise<{ readonly config: JsonObject; readonly secrets: JsonObject; readonly settings: JsonObject }> {
  return {
    config: { ...(await objectIn(io, configFile)), ...config },
    secrets: { ...(await objectIn(io, secretFile)), ...secret },
    settings: await objectIn(io, settingsFile),
  };
}

async function objectIn(io: Io, path: string | undefined): Promise<JsonObject> {
  if (path === undefined) return {};
  const name = path === STANDARD_INPUT ? 'standard input' : path;
  const value = parsed(path === STANDARD_INPUT ? await io.readInput() : contentOf(path), name);
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw new InvalidInput(`${name} must hold a JSON object.`);
  return value as JsonObject;
}

function contentOf(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (cause) {
    throw new InvalidInput(`${path} cannot be read.`, undefined, { cause });
  }
}

/** The parser's own words would repeat a piece of the text, which may be a secret. */
function parsed(text: string, name: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new InvalidInput(`${name} holds no JSON.`);
  }
}
