import { readConfig } from './src/config.js';
import { databaseLocation } from './src/db/location.js';
import { knexConfig } from './src/db/migrate.js';

const config = readConfig(process.env);

export default {
  ...knexConfig(databaseLocation(config.databaseUrl, config.dataDir)),
  seeds: { directory: './seeds', loadExtensions: ['.ts'] },
};
