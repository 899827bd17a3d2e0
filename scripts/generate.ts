/** `npm run generate` writes what is made from `schemas/`; with `--check` (`npm run fresh`) it only says what is out of date. */
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { generate, leftOver, stale } from './generate/all.js';

const files = await generate();
if (process.argv.includes('--check')) {
  const paths = stale(files);
  for (const path of paths) console.error(`out of date: ${path}`);
  console.log(paths.length === 0 ? `${files.length} generated files are fresh` : 'run: npm run generate');
  if (paths.length > 0) process.exitCode = 1;
} else {
  for (const path of leftOver(files)) rmSync(path);
  for (const { path, text } of files) {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, text);
  }
  console.log(`${files.length} files generated`);
}
