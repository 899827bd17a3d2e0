/**
 * Loaded into a server before its own code: measures how late the event loop is, and tells on request. `request` counts from
 * the last time it was told, `whole` from the start.
 */
import { monitorEventLoopDelay } from 'node:perf_hooks';

const RESOLUTION_MS = 1;
const request = monitorEventLoopDelay({ resolution: RESOLUTION_MS });
const whole = monitorEventLoopDelay({ resolution: RESOLUTION_MS });
request.enable();
whole.enable();

const inMs = (histogram) => ({
  p99: histogram.percentile(99) / 1e6,
  p999: histogram.percentile(99.9) / 1e6,
  max: histogram.max / 1e6,
});

process.on('message', (which) => {
  // The delay that is just over is only seen when the timers have had their turn.
  setTimeout(() => {
    process.send?.(inMs(which === 'whole' ? whole : request));
    request.reset();
  }, 2 * RESOLUTION_MS);
});
// It keeps nothing alive that has been told to stop.
process.channel?.unref();
