import { accessSync, constants, existsSync, statfsSync } from 'node:fs';
import { tmpdir } from 'node:os';

const MEMORY = '/dev/shm';
const ENOUGH_BYTES = 2 * 1024 ** 3;

/**
 * Where databases of tests lie: in memory if there is room, where nothing waits for a disk. What a power cut would leave is
 * proven by nobody here; what a killed process leaves is the same in both.
 */
export function scratch(): string {
  folder ??= chosen();
  return folder;
}
let folder: string | undefined;

function chosen(): string {
  if (process.env['TMPDIR'] !== undefined || !existsSync(MEMORY)) return tmpdir();
  try {
    accessSync(MEMORY, constants.W_OK);
    const { bavail, bsize } = statfsSync(MEMORY);
    return bavail * bsize >= ENOUGH_BYTES ? MEMORY : tmpdir();
  } catch {
    return tmpdir();
  }
}
