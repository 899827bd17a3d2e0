import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';

/** One file that the page is made of. */
export interface Asset {
  readonly mediaType: string;
  readonly bytes: Buffer;
}

export interface Assets {
  /** Changes with any byte of any of them, so a browser may keep what lies under it for ever. */
  readonly version: string;
  readonly files: ReadonlyMap<string, Asset>;
}

/** As they lie in the folder `guest-page`: served as they are, so what was tested is what is sent. */
const FOLDER = new URL('../../../guest-page/', import.meta.url);

const FILES: Readonly<Record<string, string>> = {
  'page.js': 'text/javascript; charset=utf-8',
  'api.js': 'text/javascript; charset=utf-8',
  'door-card.js': 'text/javascript; charset=utf-8',
  'times.js': 'text/javascript; charset=utf-8',
  'page.css': 'text/css; charset=utf-8',
  'icon.svg': 'image/svg+xml',
};

/** Read once. The scripts import each other by name, so they share one version instead of a hash in each name. */
export function loadAssets(): Assets {
  const files = new Map<string, Asset>();
  const hash = createHash('sha256');
  for (const [name, mediaType] of Object.entries(FILES)) {
    const bytes = readFileSync(new URL(name, FOLDER));
    files.set(name, { mediaType, bytes });
    hash.update(bytes);
  }
  return { version: hash.digest('hex').slice(0, 16), files };
}
