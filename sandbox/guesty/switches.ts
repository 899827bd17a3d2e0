/** Quirks of the simulated Guesty, each off at first but for what the real one is known to do. */
export interface Switches {
  /** Nobody is too fast: where something else than speed is looked at. */
  unlimited: boolean;
  /** Lists as bare arrays instead of `{results, count, limit, skip}`. */
  bareLists: boolean;
  listedName: 'isListed' | 'listed';
  omitRemainingHour: boolean;
  upperCaseHeaders: boolean;
  quotaBody: 'empty' | 'text' | 'json';
  /** Paths that contain one of these answer a bad token with 401; all others with 403. */
  unauthorizedOn: string[];
  /** Refuses a good token where the path contains one of these: a right that is missing. */
  forbiddenOn: string[];
  /** The list of reservations is empty, with 200. */
  emptyReservations: boolean;
  /** Each later page is first answered with the one before. */
  repeatPages: boolean;
  /** Custom fields show their old value for so many reads. */
  customFieldLag: number;
  /** The secret of a new subscription is not found for so long. */
  secretDelayMs: number;
  refuseLegacyEvents: boolean;
  payload: 'full' | 'ids' | 'legacy';
  /** Each webhook is delivered twice, with the same id. */
  deliverTwice: boolean;
  staleTimestamp: boolean;
  wrongKey: boolean;
  /** v3 shows notes of its own reservations. */
  showNotes: boolean;
}

export function defaultSwitches(): Switches {
  return {
    unlimited: false,
    bareLists: false,
    listedName: 'isListed',
    omitRemainingHour: false,
    upperCaseHeaders: false,
    quotaBody: 'empty',
    unauthorizedOn: [],
    forbiddenOn: [],
    emptyReservations: false,
    repeatPages: false,
    customFieldLag: 2,
    secretDelayMs: 3_000,
    refuseLegacyEvents: true,
    payload: 'full',
    deliverTwice: false,
    staleTimestamp: false,
    wrongKey: false,
    showNotes: true,
  };
}
