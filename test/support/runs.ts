/** How many cases a property tries: few in `npm test`, many in `npm run nightly`, which sets NIGHTLY. */
export function runs(inTest: number, nightly: number): number {
  return process.env['NIGHTLY'] === undefined ? inTest : nightly;
}
