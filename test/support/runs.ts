const isNightly = process.env['NIGHTLY'] !== undefined;
const most = Number(process.env['NIGHTLY_RUNS'] ?? Number.POSITIVE_INFINITY);

/** How many cases a property tries: few in `npm test`, many in `npm run nightly`, or as many as that is told to. */
export function runs(inTest: number, nightly: number): number {
  return isNightly ? Math.min(nightly, most) : inTest;
}

/** How long a test may take in `npm test`, in milliseconds; as long as it likes in `npm run nightly`. */
export function timeLimit(ms: number): number {
  return isNightly ? 0 : ms;
}

/** The same cases every time in `npm test`, others every night. */
export function seed(inTest: number): { readonly seed?: number } {
  return isNightly ? {} : { seed: inTest };
}
