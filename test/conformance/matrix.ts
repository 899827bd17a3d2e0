import { isDeepStrictEqual } from 'node:util';
import type { Check } from '../../conformance/check.js';
import { objectAt } from '../../conformance/json.js';
import { CHECKS } from '../../conformance/checks/index.js';
import { Client } from '../../conformance/client.js';
import { type Report, runChecks } from '../../conformance/run.js';
import { FakeServer, TOKEN } from './fake/server.js';
import { FAKE_BASE, type Handle, transportTo } from './fake/transport.js';
import type { FakeAnswer, FakeRequest } from './fake/wire.js';
import { type Fault, faulty, hooksOf } from './faults/fault.js';

interface Exchange {
  readonly request: FakeRequest;
  readonly answer: FakeAnswer;
}

/** What each check and the start of a run say to a server without faults, by the id of the check. */
export type Traces = ReadonlyMap<string, readonly Exchange[]>;

const START = '';

export function clientOf(handle: Handle): Client {
  return new Client({ base: FAKE_BASE, token: TOKEN, transport: transportTo(handle) });
}

/** Runs every check against a fake without faults. */
export async function healthyRun(): Promise<{ report: Report; traces: Traces }> {
  const fake = new FakeServer();
  const traces = new Map<string, Exchange[]>();
  let open: Exchange[] = [];
  const client = clientOf((request) => {
    const answer = fake.handle(request);
    open.push({ request, answer });
    return answer;
  });
  traces.set(START, open);
  const checks = CHECKS.map((check) => ({
    ...check,
    run: async (...args: Parameters<Check['run']>) => {
      open = [];
      traces.set(check.id, open);
      await check.run(...args);
    },
  }));
  const report = await runChecks(client, { checks, keep: true });
  return { report, traces: withFixtures(traces) };
}

/** Adds to each check how the resources came about that it speaks of, since another check may have made them. */
function withFixtures(traces: ReadonlyMap<string, readonly Exchange[]>): Traces {
  const births = new Map<string, Exchange>();
  for (const exchange of [...traces.values()].flat()) {
    const { body, headers } = exchange.answer;
    const { id, userName = id } = objectAt(body);
    if (headers['location'] !== undefined) for (const name of [id, userName]) births.set(JSON.stringify(name), exchange);
  }
  const whole = new Map<string, readonly Exchange[]>();
  for (const [id, exchanges] of traces) {
    const spoken = JSON.stringify(
      exchanges.map(({ request, answer }) => [request.path.split('/'), request.body, request.query, answer.body]),
    );
    const fixtures = [...new Set(spoken.match(/"(?:id-\d+|scimcheck-[^"\\]+)\\?"/g))]
      .map((name) => name.replace('\\', ''))
      .map((name) => births.get(name))
      .filter((birth) => birth !== undefined);
    whole.set(id, [...fixtures, ...exchanges]);
  }
  return whole;
}

/** What the server says of itself is read once, at the start; these checks hold it against what it does. */
const READS_FACTS = /^(?:discovery|truth|cursor|bulk)\./;

/**
 * The ids of the checks that find fault. A check runs only if the fault touches anything of what it says and hears:
 * where the wire is the same, so is the result.
 */
export async function faultsFound(fault: Fault, traces: Traces): Promise<readonly string[]> {
  const touched = touchedBy(fault, traces);
  const isTouched = (id: string): boolean => touched === null || (traces.get(id) ?? []).some((exchange) => touched.has(exchange));
  const others = isTouched(START) ? READS_FACTS : null;
  const checks = CHECKS.filter(({ id }) => isTouched(id) || others?.test(id) === true);
  const { results } = await runChecks(clientOf(faulty(fault)), { checks, keep: true });
  return results.filter(({ failure }) => failure !== null).map(({ check }) => check.id);
}

/** null: what happens inside a server cannot be told from single exchanges. */
function touchedBy(fault: Fault, traces: Traces): ReadonlySet<Exchange> | null {
  const { inside, request: change, instead, answer: changeAnswer } = hooksOf(fault);
  if (inside !== undefined) return null;
  const isTouched = ({ request, answer }: Exchange): boolean => {
    const sent = change?.(request) ?? request;
    if (sent !== request && !isDeepStrictEqual(sent, request)) return true;
    if ((instead?.(request) ?? null) !== null) return true;
    const got = changeAnswer?.(answer, request) ?? answer;
    return got !== answer && !isDeepStrictEqual(got, answer);
  };
  // In the order of their time, for hooks that keep something in mind.
  return new Set([...new Set([...traces.values()].flat())].filter(isTouched));
}
