import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { run } from '../../src/cli/run.js';
import type { Overrides } from '../../src/compose.js';
import { readConfig } from '../../src/config.js';

export interface Ran {
  readonly code: number;
  readonly out: string;
  readonly error: string;
}

/** One installation, and commands that run on it in this process. */
export interface Cli {
  readonly env: NodeJS.ProcessEnv;
  /** What the next commands find on standard input. */
  input: string;
  run(...args: string[]): Promise<Ran>;
  /** Runs with `--json`; fails the test unless the command succeeds and prints one document. */
  json<Document>(...args: string[]): Promise<Document>;
}

export function cliOn(env: NodeJS.ProcessEnv, terminal = false, overrides: Overrides = {}): Cli {
  const runIt = async (...args: string[]): Promise<Ran> => {
    let [out, error] = ['', ''];
    const code = await run(args, {
      out: (text) => {
        out += text.endsWith('\n') ? text : `${text}\n`;
      },
      error: (text) => {
        error += text;
      },
      outIsTerminal: terminal,
      errorIsTerminal: terminal,
      readInput: async () => cli.input,
      readConfig: () => readConfig(env, null),
      overrides,
    });
    return { code, out, error };
  };
  const cli: Cli = {
    env,
    input: '',
    run: runIt,
    async json<Document>(...args: string[]) {
      const { code, out, error } = await runIt(...args, '--json');
      if (code !== 0) throw new Error(`exit code ${code}: ${error}`);
      return JSON.parse(out) as Document;
    },
  };
  return cli;
}

/** A data directory of its own for each test of the surrounding `describe`. */
export function dataDirectories(): () => string {
  const made: string[] = [];
  after(() => {
    for (const path of made.splice(0)) rmSync(path, { recursive: true, force: true });
  });
  return () => {
    const path = mkdtempSync(join(tmpdir(), 'latchkey-cli-'));
    made.push(path);
    return path;
  };
}
