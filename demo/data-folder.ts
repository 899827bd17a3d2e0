import { existsSync, mkdirSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';

/**
 * A folder for this demo alone, named for its process, so that demos side by side do not share one and a real installation
 * is never touched. What demos left that were killed is removed.
 */
export function freshDataFolder(parent: string): string {
  mkdirSync(parent, { recursive: true });
  for (const name of readdirSync(parent)) if (!isRunning(name)) rmSync(join(parent, name), { recursive: true, force: true });
  const folder = join(parent, String(process.pid));
  mkdirSync(folder);
  return folder;
}

/** Data end with the demo. */
export function removeDataFolder(folder: string): void {
  if (existsSync(folder)) rmSync(folder, { recursive: true, force: true });
}

/** Signal 0 asks and does nothing. */
function isRunning(name: string): boolean {
  if (!/^\d+$/.test(name) || name === String(process.pid)) return false;
  try {
    process.kill(Number(name), 0);
    return true;
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}
