import { keysInDataDir } from '../../../src/credentials/key-file.js';

console.log('ready');
await new Promise((go) => process.stdin.once('data', go));
console.log(keysInDataDir(process.argv[2] ?? '', () => undefined));
process.exit(0);
