import type { CardStore } from '../credentials/card-store.js';
import type { PinStore } from '../credentials/pin-store.js';
import { type Clock, systemTimers } from '../db/clock.js';
import type { Database } from '../db/database.js';
import type { Logger } from '../domain/logger.js';
import { CommandStreams } from '../doors/command-streams.js';
import { DoorKeeper } from '../doors/keeper.js';
import { Verifier } from '../doors/verify.js';

/** What answers controllers, carries commands to them, and does what time does to doors. */
export interface DoorWork {
  readonly streams: CommandStreams;
  readonly keeper: DoorKeeper;
  readonly verifier: Verifier;
}

interface DoorWorkFrom {
  readonly db: Database;
  readonly background: Database;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly stores: { readonly pins: PinStore; readonly cards: CardStore };
}

export function doorWork({ db, background, clock, logger, stores }: DoorWorkFrom): DoorWork {
  const from = { db, clock, logger, timers: systemTimers };
  const { pins, cards } = stores;
  return {
    streams: new CommandStreams(from),
    keeper: new DoorKeeper({ ...from, db: background }),
    verifier: new Verifier({ db, pins, cards }),
  };
}
