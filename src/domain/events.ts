import type { AccessMethod } from './doors.js';
import type { Instant } from './time.js';

export const EVENT_VERBS = ['create', 'edit', 'delete', 'use', 'reveal', 'sync'] as const;
export type EventVerb = (typeof EVENT_VERBS)[number];

/** What an event can be about, and what a notification rule can name. */
export const OBJECT_TYPES = [
  'user',
  'group',
  'member',
  'member_group',
  'association',
  'pin',
  'magic_link',
  'card',
  'integration',
  'mapping',
  'sync_run',
  'site',
  'door',
  'schedule',
  'permission',
  'controller',
  'admin',
  'api_token',
  'scim_token',
  'notification_rule',
  'webhook_endpoint',
] as const;
export type ObjectType = (typeof OBJECT_TYPES)[number];

/** Who did it: an object of the list above, the program itself (`system`), or somebody at the command line (`cli`). */
export interface Actor {
  readonly type: ObjectType | 'system' | 'cli';
  readonly id: string;
  readonly name: string;
}

export const SYSTEM: Actor = { type: 'system', id: 'system', name: 'Latchkey' };
export const COMMAND_LINE: Actor = { type: 'cli', id: 'cli', name: 'Command line' };

export interface EventObject {
  readonly type: ObjectType;
  readonly id: string;
  readonly name: string;
}

/** An event before it has an id: one per effective change, appended in the transaction of the change. */
export interface NewEvent {
  readonly verb: EventVerb;
  readonly object: EventObject;
  readonly integrationId?: string;
  readonly siteId?: string;
  /** Whom it concerns: every event of a member, its associations and credentials says so, and every use of a door by one. */
  readonly memberId?: string;
  /** Before and after of changed fields, or what else explains the event. Never a PIN, token or link. */
  readonly details?: Readonly<Record<string, unknown>>;
  readonly result?: 'ok' | 'denied';
  /** When it happened, if that is not now: an opening that a controller reports late. */
  readonly occurredAt?: Instant;
}

/** Who did it; of a member who used a door also by what, the id of which nobody may know. */
export interface EventSubject extends Actor {
  readonly credential?: { readonly type: AccessMethod; readonly id: string | null };
}

export interface Event {
  readonly id: string;
  readonly createdAt: Instant;
  readonly occurredAt: Instant;
  readonly subject: EventSubject;
  readonly verb: EventVerb;
  readonly object: EventObject;
  readonly siteId: string | null;
  readonly integrationId: string | null;
  readonly memberId: string | null;
  readonly details: Readonly<Record<string, unknown>> | null;
  readonly result: 'ok' | 'denied';
}

/** Who changes something and when: handed to everything that writes, so that no part reads a clock of its own. */
export interface ChangeContext {
  readonly actor: Actor;
  readonly now: Instant;
}
