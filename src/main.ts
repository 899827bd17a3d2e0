import { type Config, readConfig } from './config.js';
import { startServer } from './server.js';
import { whyNotStarted } from './main/why-not-started.js';

/** Runs the server until SIGTERM or SIGINT; a second signal ends it at once. */
export async function serve(config: Config): Promise<void> {
  const server = await startServer(config);
  const { logger } = server.parts;
  logger.info('latchkey is listening', { address: server.url, publicUrl: config.publicUrl, engine: server.parts.db.engine });
  await new Promise<void>((resolve, reject) => {
    const stop = (signal: NodeJS.Signals) => {
      logger.info('stopping', { signal });
      process.once(signal, () => process.exit(1));
      server.stop().then(resolve, reject);
    };
    process.once('SIGTERM', stop);
    process.once('SIGINT', stop);
  });
  logger.info('stopped');
}

if (import.meta.filename === process.argv[1]) {
  try {
    await serve(readConfig());
  } catch (error) {
    console.error(whyNotStarted(error));
    process.exitCode = 1;
  }
}
