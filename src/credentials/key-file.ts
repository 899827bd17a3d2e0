import { chmodSync, closeSync, fsyncSync, linkSync, mkdirSync, openSync, readFileSync, unlinkSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { generateKeyRing } from './key-ring.js';

const NAME = 'secret-keys';

/**
 * The keys of an installation that sets none itself: made at the first start, kept in the data directory, readable by
 * its owner alone; `onMade` hears of the file. Whoever comes second at a first start reads what the first one wrote, so both have the same keys.
 */
export function keysInDataDir(dataDir: string, onMade: (file: string) => void): string {
  const file = join(dataDir, NAME);
  mkdirSync(dataDir, { recursive: true, mode: 0o700 });
  const known = read(file);
  if (known !== null) return known;
  const draft = `${file}.${process.pid}`;
  write(draft, generateKeyRing());
  try {
    // A link appears complete or not at all, and never over one that is there.
    linkSync(draft, file);
    onMade(file);
  } catch (error) {
    if (!isCode(error, 'EEXIST')) throw error;
  } finally {
    unlinkSync(draft);
  }
  chmodSync(file, 0o600);
  const made = read(file);
  if (made === null) throw new Error(`${file} vanished`);
  return made;
}

function read(file: string): string | null {
  try {
    return readFileSync(file, 'utf8').trim();
  } catch (error) {
    if (isCode(error, 'ENOENT')) return null;
    throw error;
  }
}

/** On disk before it is in use: without its keys a database cannot be read. */
function write(file: string, text: string): void {
  const handle = openSync(file, 'w', 0o600);
  try {
    writeSync(handle, `${text}\n`);
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
}

function isCode(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code;
}
