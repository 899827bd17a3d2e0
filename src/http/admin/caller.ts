import type { Actor } from '../../domain/events.js';
import { ROLES, type Role } from '../../integrations/api-token-store.js';

/** Who calls the API, and as whom the event log names them. */
export interface Caller {
  readonly actor: Actor;
  readonly role: Role;
}

/** The first role may do everything, the last the least. */
export function mayActAs(role: Role, needed: Role): boolean {
  return ROLES.indexOf(role) <= ROLES.indexOf(needed);
}
