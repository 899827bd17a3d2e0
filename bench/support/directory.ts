import { join } from 'node:path';
import { type Config, readConfig } from '../../src/config.js';
import { type GroupSpec, type Seeded, seed } from './seed.js';
import { type BenchServer, startBenchServer } from './server.js';

/** A filled directory with a server on it. */
export interface Directory {
  readonly config: Config;
  readonly users: number;
  readonly seeded: Seeded;
  readonly server: BenchServer;
}

export async function fill(folder: string, name: string, users: number, groups: readonly GroupSpec[], probe?: string): Promise<Directory> {
  console.log(`filling ${users.toLocaleString('en')} Users …`);
  const dataDir = join(folder, name);
  const config = readConfig({ LATCHKEY_DATA_DIR: dataDir, LATCHKEY_LOG_LEVEL: 'error' }, null);
  const seeded = await seed(config, users, groups);
  return { config, users, seeded, server: await startBenchServer(dataDir, seeded.token, probe) };
}

/** The number of a User, spread over the first `among` so that neighbours in time are no neighbours on disk. */
export function spread(n: number, among: number): number {
  return (n * 7919) % among;
}
