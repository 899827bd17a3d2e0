import { existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, resolve } from 'node:path';
import { brotliDecompressSync } from 'node:zlib';

/** A Chromium and what it needs in its environment. */
export interface Chromium {
  readonly executablePath: string;
  readonly env: Readonly<Record<string, string>>;
}

const PACKAGE = '@sparticuz/chromium';
const BLOCK = 512;
const PROGRAM = 'chromium';

/**
 * The browser of the optional dependency, inflated once into `node_modules/.cache`; null where it is not installed or not for
 * this machine. Not by the package's own `executablePath()`: that leaves the libraries out, and whoever wrote to its fixed
 * names in the temporary folder first decides what runs.
 */
export function packagedChromium(): Chromium | null {
  if (process.platform !== 'linux' || process.arch !== 'x64') return null;
  const bin = binFolder();
  if (bin === null) return null;
  const { version } = JSON.parse(readFileSync(join(bin, '../package.json'), 'utf8')) as { version: string };
  const cache = resolve('node_modules/.cache');
  const folder = join(cache, `chromium-${version}`);
  if (!existsSync(folder)) inflateInto(bin, cache, folder);
  return {
    executablePath: join(folder, PROGRAM),
    env: { LD_LIBRARY_PATH: join(folder, 'lib'), FONTCONFIG_FILE: join(folder, 'fonts.conf') },
  };
}

function binFolder(): string | null {
  try {
    // Its exports name no package.json, so it is found from its entry: build/cjs/index.cjs.
    return resolve(dirname(createRequire(import.meta.url).resolve(PACKAGE)), '../../bin');
  } catch {
    return null;
  }
}

/** Into a folder of its own first: of processes that do it at once one wins, and none sees half of it. */
function inflateInto(bin: string, cache: string, folder: string): void {
  mkdirSync(cache, { recursive: true });
  const part = mkdtempSync(join(cache, 'chromium-part-'));
  writeFileSync(join(part, PROGRAM), brotliDecompressSync(readFileSync(join(bin, 'chromium.br'))), { mode: 0o755 });
  for (const archive of ['al2023.tar.br', 'fonts.tar.br']) untar(brotliDecompressSync(readFileSync(join(bin, archive))), part);
  writeFileSync(join(part, 'fonts.conf'), fontsConf(folder));
  try {
    renameSync(part, folder);
  } catch (error) {
    rmSync(part, { recursive: true, force: true });
    if (!existsSync(folder)) throw error;
  }
}

/** Without fonts text has no height, and nothing can be wrong with it. */
function fontsConf(folder: string): string {
  return `<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig><dir>${join(folder, 'fonts')}</dir><cachedir>${join(folder, 'fonts-cache')}</cachedir></fontconfig>
`;
}

/** Plain files of a ustar archive; the two that are read here hold nothing else. */
function untar(archive: Buffer, into: string): void {
  for (let at = 0; at + BLOCK <= archive.length; ) {
    const header = archive.subarray(at, at + BLOCK);
    const name = text(header, 0, 100);
    if (name === '') return;
    const size = Number.parseInt(text(header, 124, 12), 8);
    const isFile = ['', '0'].includes(text(header, 156, 1));
    if (isFile) {
      const path = resolve(into, name);
      if (!path.startsWith(`${into}/`)) throw new Error(`the archive leads outside: ${name}`);
      mkdirSync(dirname(path), { recursive: true });
      writeFileSync(path, archive.subarray(at + BLOCK, at + BLOCK + size));
    }
    at += BLOCK + Math.ceil(size / BLOCK) * BLOCK;
  }
}

function text(header: Buffer, from: number, length: number): string {
  const [value = ''] = header.toString('latin1', from, from + length).split('\0', 1);
  return value.trim();
}
