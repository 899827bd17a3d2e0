import { brief } from './answer.js';
import type { Check } from './check.js';
import { type Client, NoAnswer } from './client.js';
import { type Feature, readFacts } from './facts.js';
import { NotOffered, Unmet } from './verdict.js';
import { World } from './world.js';

export type Outcome = 'passed' | 'failed' | 'warning' | 'skipped';

export interface Result {
  readonly check: Check;
  readonly outcome: Outcome;
  /** Why it was skipped. */
  readonly reason: string | null;
  /** What was found; of a MAY too, which is skipped then. */
  readonly failure: Failure | null;
}

export interface Failure {
  readonly request: string | null;
  readonly expected: string;
  readonly got: string;
}

export interface Report {
  readonly url: string;
  readonly results: readonly Result[];
  /** What the suite created and could not delete, as paths below the base. */
  readonly leftBehind: readonly string[];
  readonly requests: number;
  readonly interrupted: boolean;
}

export interface RunOptions {
  readonly checks: readonly Check[];
  /** Leave the resources of this run in place. */
  readonly keep?: boolean;
  /** Ends the run early; what was created is deleted all the same. */
  readonly stop?: AbortSignal;
  readonly onResult?: (result: Result) => void;
}

/** A server that cannot be checked at all: it is not there, or the token is not good for it. */
export class NoServer extends Error {}

/**
 * Runs the checks one after the other. Errors: `NoServer`; a check that goes wrong in any other way is a result.
 */
export async function runChecks(client: Client, { checks, keep = false, stop, onResult }: RunOptions): Promise<Report> {
  const results: Result[] = [];
  if (stop !== undefined) client.stopBy(stop);
  try {
    const world = await enter(client);
    for (const check of checks) {
      const result = await runCheck(check, client, world, stop);
      results.push(result);
      onResult?.(result);
    }
  } catch (error) {
    if (!hasEnded(stop)) throw error;
  } finally {
    if (!keep) await cleanUp(client);
  }
  const leftBehind = keep ? [] : [...client.created];
  return { url: client.base, results, leftBehind, requests: client.requests, interrupted: hasEnded(stop) };
}

function hasEnded(stop: AbortSignal | undefined): boolean {
  return stop?.aborted === true;
}

async function enter(client: Client): Promise<World> {
  try {
    const { status } = await client.get('/Users', { count: 1 });
    if (status === 401 || status === 403)
      throw new NoServer(`GET ${client.base}/Users answers ${status}: the token is not good for this server`);
    if (status === 404) throw new NoServer(`GET ${client.base}/Users answers 404: is this the base URL of a SCIM server?`);
    return new World(client, await readFacts(client));
  } catch (error) {
    if (error instanceof NoAnswer) throw new NoServer(error.message);
    throw error;
  }
}

async function runCheck(check: Check, client: Client, world: World, stop: AbortSignal | undefined): Promise<Result> {
  const skipped = (reason: string): Result => ({ check, outcome: 'skipped', reason, failure: null });
  if (hasEnded(stop)) return skipped('the run was ended before');
  const reason = reasonToSkip(check, world.facts.missing);
  if (reason !== null) return skipped(reason);
  try {
    await check.run(client, world);
    return { check, outcome: 'passed', reason: null, failure: null };
  } catch (error) {
    if (hasEnded(stop)) return skipped('the run was ended during this check');
    if (error instanceof NotOffered) return skipped(error.message);
    const failure = failureOf(error);
    if (check.level === 'MAY') return { check, outcome: 'skipped', reason: 'optional, and not done', failure };
    return { check, outcome: check.level === 'MUST' ? 'failed' : 'warning', reason: null, failure };
  }
}

function reasonToSkip({ feature }: Check, missing: ReadonlyMap<Feature, string>): string | null {
  const features = feature === undefined ? [] : typeof feature === 'string' ? [feature] : feature;
  for (const one of features) {
    const reason = missing.get(one);
    if (reason !== undefined) return reason;
  }
  return null;
}

function failureOf(error: unknown): Failure {
  if (error instanceof Unmet) {
    const { answer, expected, got } = error;
    if (answer === null) return { request: null, expected, got };
    const { method, url, body } = answer.sent;
    const request = `${method} ${url}${body === null ? '' : ` ${body.length > 500 ? `${body.slice(0, 500)}…` : body}`}`;
    return { request, expected, got: got === brief(answer) ? got : `${got} (status ${answer.status})` };
  }
  if (error instanceof NoAnswer) return { request: null, expected: 'an answer', got: error.message };
  return {
    request: null,
    expected: 'that the check comes to its end',
    got: error instanceof Error ? `${error.name}: ${error.message}` : String(error),
  };
}

const CLEAN_UP_MAX_MS = 60_000;

/** Groups before Users, the newest first, so that no server has to refuse for a reference. */
async function cleanUp(client: Client): Promise<void> {
  const timeout = AbortSignal.timeout(CLEAN_UP_MAX_MS);
  client.stopBy(timeout);
  const paths = [...client.created].reverse();
  for (const path of [...paths.filter((one) => one.startsWith('/Groups')), ...paths.filter((one) => !one.startsWith('/Groups'))]) {
    try {
      const { status } = await client.delete(path);
      if (status === 404 || status === 410) client.created.delete(path);
    } catch (error) {
      if (!timeout.aborted && !(error instanceof NoAnswer)) throw error;
      return;
    }
  }
}
