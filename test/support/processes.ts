import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { runnable } from './compiled.js';

const running = new Set<ChildProcess>();
process.on('exit', () => {
  for (const child of running) child.kill('SIGKILL');
});

/** Another process, which speaks by lines on its standard output. It dies with the tests at the latest. */
export interface Spawned {
  readonly child: ChildProcess;
  /** Every line so far. */
  readonly lines: readonly string[];
  /** Everything on standard error so far. */
  readonly errors: () => string;
  /** Resolves with the first line for which `wanted` holds; fails when the process ends without one. */
  line(wanted: (line: string) => boolean): Promise<string>;
  /** Exit code, or the signal that ended it. */
  readonly ended: Promise<number | NodeJS.Signals>;
}

/** Runs a TypeScript file of this checkout, with arguments and environment. */
export function spawnScript(file: string, args: readonly string[] = [], env: NodeJS.ProcessEnv = {}): Spawned {
  return follow(
    spawn(process.execPath, [...runnable(file), ...args], { env: { ...process.env, ...env }, stdio: ['pipe', 'pipe', 'pipe'] }),
  );
}

/** Runs a few lines of JavaScript, which start faster. */
export function spawnCode(code: string, args: readonly string[] = []): Spawned {
  return follow(spawn(process.execPath, ['--input-type=module', '-e', code, ...args], { stdio: ['pipe', 'pipe', 'pipe'] }));
}

function follow(child: ReturnType<typeof spawn>): Spawned {
  const { stdout, stderr } = child;
  if (stdout === null || stderr === null) throw new Error('no pipes');
  running.add(child);
  const lines: string[] = [];
  let errors = '';
  const reader = createInterface({ input: stdout });
  reader.on('line', (line) => lines.push(line));
  stderr.setEncoding('utf8').on('data', (text: string) => {
    errors += text;
  });
  const ended = once(child, 'close').then(([code, signal]: unknown[]) => {
    running.delete(child);
    return (code ?? signal) as number | NodeJS.Signals;
  });
  const line = async (wanted: (line: string) => boolean): Promise<string> => {
    const known = lines.find(wanted);
    if (known !== undefined) return known;
    return new Promise((resolve, reject) => {
      reader.on('line', (text) => {
        if (wanted(text)) resolve(text);
      });
      ended.then((how) => reject(new Error(`the process ended (${how}) without the line; it said: ${errors}`)));
    });
  };
  return { child, lines, errors: () => errors, line, ended };
}
