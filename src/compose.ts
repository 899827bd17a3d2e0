import type { Timer } from './adapters/http.js';
import { ADAPTERS } from './adapters/index.js';
import type { Config } from './config.js';
import { connectingParts } from './compose/connecting.js';
import { type DoorWork, doorWork } from './compose/doors.js';
import { type Syncing, syncParts } from './compose/syncing.js';
import type { Connections } from './connect/connections.js';
import type { OAuthConnections } from './connect/oauth-connections.js';
import type { Subscriptions } from './connect/subscriptions.js';
import { CardStore } from './credentials/card-store.js';
import { keysFit } from './credentials/key-check.js';
import { keysInDataDir } from './credentials/key-file.js';
import { MagicLinkStore } from './credentials/magic-link-store.js';
import { isTrivialPin, PIN_COOLDOWN_DAYS } from './credentials/pin-rules.js';
import { PinStore } from './credentials/pin-store.js';
import { KeyRing, Unsealable } from './credentials/sealed.js';
import {
  type Clock,
  type Stopwatch,
  systemClock,
  systemRandom,
  systemStopwatch,
  systemTimer,
  systemTimers,
  type Timers,
} from './db/clock.js';
import type { Database } from './db/database.js';
import { type DatabaseLocation, databaseLocation } from './db/location.js';
import { migrate } from './db/migrate.js';
import { openDatabases } from './db/open.js';
import type { SourcePinVault } from './directory/context.js';
import { CHECK_IN } from './domain/doors.js';
import type { Logger } from './domain/logger.js';
import { deliveryAlerts } from './events/delivery-alerts.js';
import { RequestLog } from './integrations/request-log.js';
import { RequestNotes } from './integrations/request-notes.js';
import { confirmScimToken, findScimToken } from './integrations/scim-token-store.js';
import type { VaultStore } from './integrations/vault-store.js';
import { createLogger } from './logger.js';
import { OutboxWorker } from './outbox/worker.js';
import { ClockWatch } from './reconcile/clock-watch.js';
import type { CredentialStores } from './reconcile/facts.js';
import { settle } from './reconcile/settle.js';
import { WRITE_BACK } from './reconcile/write-back.js';
import { Timekeeper } from './reconcile/timekeeper.js';
import { ReconcileWorker } from './reconcile/worker.js';
import type { ScimParts } from './scim/call.js';
import type { CursorSealer } from './scim/cursor.js';
import { checkInHandler } from './sync/check-in.js';
import { Kinds } from './sync/kinds.js';
import type { AdapterSources } from './sync/sources.js';
import { writeBackHandler } from './sync/write-back.js';
import { RequestLimits } from './transport/request-limits.js';

/** Every part of a running Latchkey, built once; whoever needs one is handed it. */
export interface Parts {
  readonly config: Config;
  /** For whoever waits for an answer; what runs in the background was handed connections of its own. */
  readonly db: Database;
  /** Does the database answer? Errors: `DatabaseUnavailable`. */
  readonly ping: () => Promise<void>;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly timers: Timers;
  readonly keys: KeyRing;
  readonly stores: CredentialStores;
  readonly worker: ReconcileWorker;
  readonly timekeeper: Timekeeper;
  readonly outbox: OutboxWorker;
  readonly scim: ScimParts;
  readonly limits: RequestLimits;
  readonly requestLog: RequestLog;
  readonly kinds: Kinds;
  readonly sources: AdapterSources;
  readonly vaults: VaultStore;
  readonly connections: Connections;
  readonly oauth: OAuthConnections;
  readonly subscriptions: Subscriptions;
  readonly sync: Syncing;
  readonly doors: DoorWork;
  /** Follows hints that have come; nothing is lost when nobody listens, for they are in the database. */
  readonly wake: () => void;
  /** Stops the timers, waits for what is being written, closes the database. */
  close(): Promise<void>;
}

/** What tests and the simulation put in place of the real ones. */
export interface Overrides {
  readonly clock?: Clock;
  readonly stopwatch?: Stopwatch;
  readonly logger?: Logger;
  readonly timer?: Timer;
  readonly kinds?: Kinds;
}

/**
 * Migrates the database and builds all parts; nothing runs by itself until `timekeeper`, `outbox`, `doors.keeper` and `sync.scheduler` are started.
 * Errors: `DatabaseTooNew`, `DatabaseUnavailable`, `InvalidInput` for unusable keys.
 */
export async function compose(config: Config, overrides: Overrides = {}): Promise<Parts> {
  const clock = overrides.clock ?? systemClock;
  const stopwatch = overrides.stopwatch ?? systemStopwatch;
  const logger = overrides.logger ?? createLogger(config.logLevel);
  const location = databaseLocation(config.databaseUrl, config.dataDir);
  const secretKeys = secretKeysOf(config, location, logger);
  const keys = KeyRing.parse(secretKeys);
  await migrate(location);
  const databases = openDatabases(location, (error) => logger.warn('idle database connection lost', { error }));
  const { requests: db, background, ping } = databases;
  if (!(await keysFit(db.read, keys))) {
    logger.error('the secret keys are not those that this database was written with: its PINs and links cannot be read or found');
  }
  const stores: CredentialStores = {
    pins: new PinStore(keys),
    links: new MagicLinkStore(keys, config.publicUrl, PIN_COOLDOWN_DAYS),
    cards: new CardStore(PIN_COOLDOWN_DAYS),
  };
  const unseen = { db: background, clock, logger };
  const clockWatch = new ClockWatch(unseen);
  const worker = new ReconcileWorker({ ...unseen, stores, clockWatch });
  const { eventRetentionDays } = config;
  const timekeeper = new Timekeeper({ ...unseen, worker, clockWatch, coolDownDays: PIN_COOLDOWN_DAYS, eventRetentionDays });
  const kinds = overrides.kinds ?? new Kinds(ADAPTERS);
  const timer = overrides.timer ?? systemTimer;
  const connecting = connectingParts({ config, db, background, clock, logger, timer, keys, kinds });
  const pins = vaultOf(keys, stores.pins);
  const { sources, upkeep } = connecting;
  const sync = syncParts({ ...unseen, stores, pins, worker, timekeeper, sources, upkeep });
  const handlers = new Map([
    [WRITE_BACK, writeBackHandler({ db: background, stores, sources })],
    [CHECK_IN, checkInHandler({ db: background, sources })],
  ]);
  const doors = doorWork({ db, background, clock, logger, stores });
  const sending = { handlers, alerts: deliveryAlerts, stopwatch, timers: systemTimers, random: systemRandom };
  const outbox = new OutboxWorker({ ...unseen, ...sending });
  const notes = new RequestNotes(background, clock, logger);
  const limits = new RequestLimits(stopwatch);
  const requestLog = new RequestLog(background, logger);
  const scim: ScimParts = {
    db,
    clock,
    logger,
    baseUrl: `${config.publicUrl}/scim/v2`,
    pins,
    cursors: cursorSealerOf(KeyRing.parse(secretKeys, 'cursors v1')),
    findConnection: async (presented) => {
      const found = await findScimToken(db.read, presented, clock.now());
      return found === null ? null : { tokenId: found.token.id, readOnly: found.token.readOnly, integration: found.integration };
    },
    confirmConnection: (tx, { tokenId, integration }) => confirmScimToken(tx, { tokenId, integrationId: integration.id }, clock.now()),
    noteRequest: ({ integration, tokenId }, userAgent) => notes.note(integration.id, tokenId, userAgent),
    limits,
    stopwatch,
    keepRequest: (record) => requestLog.keep(record),
    settle: (tx, context, applied) => settle(tx, context, stores, applied, () => timekeeper.wake()),
  };
  const close = async () => {
    await doors.streams.stop();
    await doors.keeper.stop();
    await sync.scheduler.stop();
    await timekeeper.stop();
    await outbox.stop();
    await notes.flush();
    await requestLog.stop();
    await databases.close();
  };
  const wake = () => sync.scheduler.wake();
  const own = { config, db, ping, clock, logger, timers: systemTimers, keys, stores, worker, timekeeper, outbox, scim, limits, requestLog };
  return { ...own, kinds, ...connecting, sync, doors, wake, close };
}

/** Without keys in the configuration: those of the data directory, made at the first start. */
function secretKeysOf({ secretKeys, dataDir }: Config, { engine }: DatabaseLocation, logger: Logger): string {
  if (secretKeys !== null) return secretKeys;
  // Another replica has another data directory, and would make other keys for the same database.
  if (engine === 'postgres') logger.warn('set LATCHKEY_SECRET_KEYS: every replica needs the same keys', { keysIn: dataDir });
  const onMade = (file: string) => logger.info('keys were made that seal PINs and links; without a backup of them both are lost', { file });
  return keysInDataDir(dataDir, onMade);
}

function vaultOf(keys: KeyRing, pins: PinStore): SourcePinVault {
  return {
    hash: (pin) => pins.pinHash(pin),
    seal: (pin, userId) => keys.seal(pin, 'users', userId),
    isWeak: isTrivialPin,
  };
}

function cursorSealerOf(keys: KeyRing): CursorSealer {
  return {
    seal: (text, binding) => keys.seal(text, 'cursors', binding),
    open(sealed, binding) {
      try {
        return keys.open(sealed, 'cursors', binding).expose();
      } catch (error) {
        if (error instanceof Unsealable) return null;
        throw error;
      }
    },
  };
}
