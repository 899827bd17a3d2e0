#!/usr/bin/env node
import { readConfig } from '../config.js';
import { processIo } from './io.js';
import { run } from './run.js';

// Not process.exit: what has been written must reach its reader first.
process.exitCode = await run(
  process.argv.slice(2),
  processIo(() => readConfig()),
);
