import { type Clock, systemTimers } from '../db/clock.js';
import type { Database } from '../db/database.js';
import type { Logger } from '../domain/logger.js';
import { CommandStreams } from '../doors/command-streams.js';
import { noteSeen } from '../doors/controller-state-store.js';
import { DoorKeeper } from '../doors/keeper.js';

/** What moves doors: the streams that carry commands, and what time does. */
export interface DoorWork {
  readonly streams: CommandStreams;
  readonly keeper: DoorKeeper;
}

export function doorWork(from: { readonly db: Database; readonly clock: Clock; readonly logger: Logger }): DoorWork {
  const { db, clock, logger } = from;
  const seen = (id: string): void => {
    db.transaction((tx) => noteSeen(tx, id, clock.now())).catch((error: unknown) =>
      logger.warn('that a controller listens could not be noted', { id, error }),
    );
  };
  return {
    streams: new CommandStreams({ ...from, timers: systemTimers, seen }),
    keeper: new DoorKeeper({ ...from, timers: systemTimers }),
  };
}
