/**
 * Runs what was left for after the commit. The change is stored by then, so a hook that throws is a bug to be heard of
 * (as an uncaught error) and never an error of the transaction: its caller would do it a second time.
 */
export function runAfterCommit(hooks: readonly (() => void)[]): void {
  for (const hook of hooks) {
    try {
      hook();
    } catch (error) {
      queueMicrotask(() => {
        throw error;
      });
    }
  }
}
