import { parseArgs } from 'node:util';
import { Client, type Transport } from './client.js';
import { CHECKS } from './checks/index.js';
import { countOf, redact, reportJson, reportText } from './report.js';
import { NoServer, runChecks } from './run.js';
import { select } from './select.js';
import { overHttp } from './transport.js';

export const USAGE = `Checks any SCIM 2.0 server from outside, by RFC 7643, 7644 and 9865.

  npm run conformance -- --url <base> --token <token> [options]

  --url <base>         base URL of the SCIM server, as in https://example.com/scim/v2
  --token <token>      a bearer token that may read and write
  --json               one JSON document instead of text
  --section <number>   the checks of this section and those below it: 3.4.2, or "7643 4.1"
  --only <text>        the checks with this text in their id or title
  --keep               do not delete what the run created

It creates Users and Groups named scimcheck-…, touches nothing else, and deletes them at the end.
Exit code: 0 no MUST failed, 1 one did, 2 wrong usage or no server to check, 130 interrupted.
`;

const RUN_MAX_MS = 10 * 60_000;

export interface Streams {
  readonly out: (text: string) => void;
  readonly err: (text: string) => void;
  /** Whether `out` is one, and so may be coloured. */
  readonly isTerminal: boolean;
}

export interface CommandOptions {
  /** Ends the run early; what was created is deleted all the same. */
  readonly stop?: AbortSignal;
  readonly transport?: Transport;
  readonly runMaxMs?: number;
}

/** Runs the command line and returns the exit code. */
export async function command(args: readonly string[], { out, err, isTerminal }: Streams, options: CommandOptions = {}): Promise<number> {
  const given = readArguments(args);
  if (typeof given === 'string') {
    err(`${given}\n\n${USAGE}`);
    return 2;
  }
  if (given.help) {
    out(USAGE);
    return 0;
  }
  const checks = select(CHECKS, given);
  if (checks.length === 0) {
    err('No check matches --section and --only.\n');
    return 2;
  }
  const { stop, transport = overHttp, runMaxMs = RUN_MAX_MS } = options;
  const client = new Client({ base: given.url, token: given.token, transport });
  try {
    const timeout = AbortSignal.timeout(runMaxMs);
    const report = await runChecks(client, {
      checks,
      keep: given.keep,
      stop: stop === undefined ? timeout : AbortSignal.any([stop, timeout]),
    });
    out(redact(given.json ? `${reportJson(report)}\n` : reportText(report, isTerminal), given.token));
    if (stop?.aborted === true) return 130;
    return countOf(report.results, 'failed') > 0 || report.interrupted ? 1 : 0;
  } catch (error) {
    if (!(error instanceof NoServer)) throw error;
    err(redact(`${error.message}\n`, given.token));
    return 2;
  }
}

interface Arguments {
  readonly url: string;
  readonly token: string;
  readonly json: boolean;
  readonly keep: boolean;
  readonly help: boolean;
  readonly section?: string | undefined;
  readonly only?: string | undefined;
}

/** The arguments, or what is wrong with them. */
function readArguments(args: readonly string[]): Arguments | string {
  try {
    const { values } = parseArgs({
      args: [...args],
      options: {
        url: { type: 'string', default: '' },
        token: { type: 'string', default: '' },
        json: { type: 'boolean', default: false },
        keep: { type: 'boolean', default: false },
        help: { type: 'boolean', default: false },
        section: { type: 'string' },
        only: { type: 'string' },
      },
    });
    if (values.help) return values;
    if (!/^https?:\/\/./.test(values.url) || !URL.canParse(values.url)) return '--url must be an http or https URL.';
    if (values.token === '') return '--token is missing.';
    return values;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}
