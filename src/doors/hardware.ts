import { type Instant, shift } from '../domain/time.js';
import type { AlertType } from '../domain/alerts.js';

export type HardwareAlert = Extract<AlertType, `hardware_${string}`>;

/** Between the two an alert stays as it is. */
const LOW_BATTERY_PERCENT = 20;
const GOOD_BATTERY_PERCENT = 25;
/** A controller that was heard of and then says nothing for so long is down. */
export const SILENCE_MS = 5 * 60_000;

/** What is known of a controller; null: it has not said. */
export interface HardwareState {
  readonly name: string;
  readonly online: boolean | null;
  readonly mainsPresent: boolean | null;
  readonly batteryPresent: boolean | null;
  readonly batteryPercent: number | null;
  readonly lastSeenAt: Instant | null;
}

/** What should become of an alert. What is in neither list stays as it is. */
export interface HardwareVerdict {
  readonly open: ReadonlyMap<HardwareAlert, string>;
  readonly close: ReadonlyMap<HardwareAlert, string>;
}

/** Which alerts a controller gives cause for at `now`, and which are over, each in a sentence. Who never said anything is no cause. */
export function hardwareVerdict(state: HardwareState, now: Instant): HardwareVerdict {
  const { name, online, mainsPresent, batteryPresent, batteryPercent } = state;
  const open = new Map<HardwareAlert, string>();
  const close = new Map<HardwareAlert, string>();
  const isSilent = state.lastSeenAt !== null && state.lastSeenAt < shift(now, -SILENCE_MS);
  if (online === false) open.set('hardware_down', `${name} says that it is offline.`);
  else if (isSilent) open.set('hardware_down', `Nothing has been heard of ${name} for ${SILENCE_MS / 60_000} minutes.`);
  else if (state.lastSeenAt !== null) close.set('hardware_down', `${name} is back.`);
  if (mainsPresent === false) open.set('hardware_no_mains', `${name} has no mains power.`);
  if (mainsPresent === true) close.set('hardware_no_mains', `${name} has mains power again.`);
  if (batteryPresent === false) open.set('hardware_missing_battery', `${name} has no battery.`);
  if (batteryPresent === true) close.set('hardware_missing_battery', `${name} has a battery again.`);
  if (batteryPercent !== null && batteryPercent < LOW_BATTERY_PERCENT)
    open.set('hardware_low_battery', `The battery of ${name} is below ${LOW_BATTERY_PERCENT} %.`);
  if (batteryPercent !== null && batteryPercent >= GOOD_BATTERY_PERCENT)
    close.set('hardware_low_battery', `The battery of ${name} is at ${GOOD_BATTERY_PERCENT} % or more again.`);
  return { open, close };
}
