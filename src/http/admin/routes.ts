import { ACCESS_CHECK_ROUTES } from './access-checks.js';
import { ALERT_ROUTES } from './alerts.js';
import { API_TOKEN_ROUTES } from './api-tokens.js';
import { CONTROLLER_ROUTES } from './controllers.js';
import { CREDENTIAL_ROUTES } from './credentials.js';
import { DELIVERY_ROUTES } from './deliveries.js';
import { DOOR_ROUTES } from './doors.js';
import { EVENT_ROUTES } from './events.js';
import { INTEGRATION_MEMBER_ROUTES } from './integration-members.js';
import { INTEGRATION_REQUEST_ROUTES } from './integration-requests.js';
import { INTEGRATION_ROUTES } from './integrations.js';
import { MEMBER_GROUP_ROUTES } from './member-groups.js';
import { MEMBER_ROUTES } from './members.js';
import { RESOURCE_ROUTES } from './resources.js';
import { SCHEDULE_ROUTES } from './schedules.js';
import { SITE_ROUTES } from './sites.js';
import { SYNC_ROUTES } from './sync.js';
import type { Route } from './route.js';
import { SCIM_TOKEN_ROUTES } from './scim-tokens.js';

/** Everything that the admin API answers; tests walk it, so a new route is covered the day it is added. */
export const ROUTES: readonly Route[] = [
  ...INTEGRATION_ROUTES,
  ...SCIM_TOKEN_ROUTES,
  ...RESOURCE_ROUTES,
  ...INTEGRATION_MEMBER_ROUTES,
  ...INTEGRATION_REQUEST_ROUTES,
  ...SYNC_ROUTES,
  ...MEMBER_GROUP_ROUTES,
  ...MEMBER_ROUTES,
  ...CREDENTIAL_ROUTES,
  ...SITE_ROUTES,
  ...DOOR_ROUTES,
  ...SCHEDULE_ROUTES,
  ...CONTROLLER_ROUTES,
  ...ACCESS_CHECK_ROUTES,
  ...EVENT_ROUTES,
  ...ALERT_ROUTES,
  ...DELIVERY_ROUTES,
  ...API_TOKEN_ROUTES,
];
