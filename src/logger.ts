import { createLogger as createWinston, format, transports } from 'winston';
import { REDACTED, Secret } from './credentials/secret.js';
import type { Logger } from './domain/logger.js';

export type LogLevel = 'error' | 'warn' | 'info' | 'debug' | 'silent';

/** Names of fields that never reach a log, whoever put them there. */
const SECRET_NAMES = new Set(['authorization', 'cookie', 'token', 'pin', 'secret', 'password', 'url', 'sealed', 'hash', 'databaseurl']);
const DEPTH_MAX = 6;

/** JSON lines on standard error (standard output belongs to the CLI): constant message, data in fields, secrets taken out. */
export function createLogger(level: LogLevel): Logger {
  const winston = createWinston({
    level: level === 'silent' ? 'error' : level,
    silent: level === 'silent',
    format: format.combine(format.timestamp(), format.json()),
    transports: [new transports.Console({ stderrLevels: ['error', 'warn', 'info', 'debug'] })],
  });
  const write =
    (severity: 'error' | 'warn' | 'info' | 'debug') =>
    (message: string, fields: Readonly<Record<string, unknown>> = {}) => {
      if (winston.isLevelEnabled(severity)) winston.log(severity, message, redacted(fields, 0));
    };
  return { error: write('error'), warn: write('warn'), info: write('info'), debug: write('debug') };
}

function redacted(value: unknown, depth: number): unknown {
  if (value instanceof Error) return errorFields(value, depth);
  if (value instanceof Secret) return REDACTED;
  if (typeof value !== 'object' || value === null) return value;
  if (depth >= DEPTH_MAX) return '[too deep]';
  if (Array.isArray(value)) return value.map((item) => redacted(item, depth + 1));
  const entries = Object.entries(value).map(([name, item]) => [
    name,
    SECRET_NAMES.has(name.toLowerCase()) ? REDACTED : redacted(item, depth + 1),
  ]);
  return Object.fromEntries(entries) as unknown;
}

/** The stack says where; an SQL text may be in the message, its bindings never are. */
function errorFields(error: Error, depth: number): unknown {
  const cause = error.cause === undefined || depth >= DEPTH_MAX ? {} : { cause: redacted(error.cause, depth + 1) };
  return { name: error.name, message: error.message, stack: error.stack, ...cause };
}
