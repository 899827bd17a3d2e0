import type { ControlAction } from './control-panel.js';
import type { Fault } from './faults.js';
import type { SandboxServer } from './server.js';

const REFUSED_TIMES = 20;

/** What it looks like when a system has trouble of the usual kinds. */
export interface TroubleForms {
  /** Requests whose `METHOD path` contains this. */
  readonly on: string;
  readonly outage?: Partial<Fault>;
  readonly rateLimit?: Partial<Fault>;
  /** Ends trouble that is not among the faults. */
  readonly recover?: () => void;
}

/** An outage, too many requests, and the end of both. */
export function troubleActions(server: SandboxServer, { on, outage, rateLimit, recover }: TroubleForms): ControlAction[] {
  return [
    {
      name: 'outage',
      label: 'Start an outage',
      run: () => server.faults.add({ kind: 'status', status: 503, on, ...outage }),
    },
    {
      name: 'rate-limit',
      label: `Refuse the next ${REFUSED_TIMES} requests as too many`,
      run: () =>
        server.faults.add({ kind: 'status', status: 429, headers: { 'retry-after': '1' }, on, times: REFUSED_TIMES, ...rateLimit }),
    },
    {
      name: 'recover',
      label: 'End all trouble',
      run: () => {
        server.faults.clear();
        recover?.();
      },
    },
  ];
}
