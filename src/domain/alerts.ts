import type { Instant } from './time.js';

/** What can be wrong for a while, and what a notification rule can name. */
export const ALERT_TYPES = [
  'hardware_down',
  'hardware_low_battery',
  'hardware_missing_battery',
  'hardware_no_mains',
  'integration_failing',
  'removals_held',
  'delivery_failing',
  'pin_guessing',
] as const;
export type AlertType = (typeof ALERT_TYPES)[number];

/** Something that is wrong, or was: it opens once and a recovery closes it. */
export interface Alert {
  readonly id: string;
  readonly type: AlertType;
  /** What it is about: of one type and subject there is never more than one open alert. No secret: it is shown. */
  readonly subjectKey: string;
  readonly integrationId: string | null;
  readonly siteId: string | null;
  readonly openedAt: Instant;
  readonly closedAt: Instant | null;
  readonly message: string;
  /** What was said when it closed; null while it is open, or when nothing was said. */
  readonly closingMessage: string | null;
}
