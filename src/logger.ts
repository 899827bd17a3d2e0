import { createLogger as createWinston, format, transports } from 'winston';
import type { Logger } from './domain/logger.js';
import { redacted } from './logger/redaction.js';

export type LogLevel = 'error' | 'warn' | 'info' | 'debug' | 'silent';

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
      if (winston.isLevelEnabled(severity)) winston.log(severity, message, redacted(fields));
    };
  return { error: write('error'), warn: write('warn'), info: write('info'), debug: write('debug') };
}
