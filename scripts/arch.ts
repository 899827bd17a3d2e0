/** `npm run arch`: checks the sources against the tables of ARCHITECTURE.md. */
import { readFileSync } from 'node:fs';
import { checkFiles, sourceFiles } from './architecture/files.js';
import { checkImports } from './architecture/imports.js';
import { checkTests } from './architecture/tests.js';

const markdown = readFileSync('ARCHITECTURE.md', 'utf8');
const { cruised, imports, violations } = await checkImports(markdown);
const all = [...violations, ...checkFiles(markdown), ...checkTests()];
for (const violation of all) console.error(violation);
console.log(`${cruised} modules cruised, ${imports} imports between them, ${sourceFiles().length} source files, ${all.length} violations`);
if (cruised === 0) console.error('No module was cruised: the check saw nothing.');
if (cruised === 0 || all.length > 0) process.exitCode = 1;
