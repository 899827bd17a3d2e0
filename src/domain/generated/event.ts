// Generated from schemas/event.json by `npm run generate`. Do not edit.

/**
 * What an event can be about.
 */
export type EventObjectType = EventObjectType1 & EventObjectType2;
export type EventObjectType1 =
  | 'user'
  | 'group'
  | 'member'
  | 'member_group'
  | 'association'
  | 'pin'
  | 'magic_link'
  | 'card'
  | 'integration'
  | 'mapping'
  | 'sync_run'
  | 'site'
  | 'door'
  | 'schedule'
  | 'permission'
  | 'controller'
  | 'admin'
  | 'api_token'
  | 'scim_token'
  | 'notification_rule'
  | 'webhook_endpoint';
export type EventObjectType2 = string;
/**
 * Who can do something beside the objects themselves.
 */
export type EventSubjectType = EventSubjectType1 & EventSubjectType2;
export type EventSubjectType1 = 'system' | 'cli';
export type EventSubjectType2 = string;
/**
 * What was done.
 */
export type EventVerb = EventVerb1 & EventVerb2;
export type EventVerb1 = 'create' | 'edit' | 'delete' | 'use' | 'reveal' | 'sync';
export type EventVerb2 = string;

/**
 * One thing that happened: who did what to what. The audit log, the API and outgoing webhooks show it in this form.
 */
export interface EventRecord {
  /**
   * Of this event, for ever.
   */
  id: string;
  /**
   * When it was written down.
   */
  createdAt: string;
  /**
   * When it happened; earlier than createdAt for an opening that a controller reports late.
   */
  occurredAt: string;
  subject: EventSubject;
  verb: EventVerb;
  object: EventObject;
  /**
   * The site, where there is one.
   */
  siteId: string | null;
  /**
   * The integration through which it happened, where there is one.
   */
  integrationId: string | null;
  /**
   * The member whom it concerns: a member's history is what this names.
   */
  memberId: string | null;
  /**
   * Before and after of changed fields, or what else explains it. Never a PIN, token or link.
   */
  details: {
    [k: string]: unknown | undefined;
  } | null;
  /**
   * A denied attempt is an event too.
   */
  result: 'ok' | 'denied';
}
/**
 * Who did it.
 */
export interface EventSubject {
  type: EventObjectType | EventSubjectType;
  id: string;
  name: string;
  /**
   * Of a member who used a door: by what.
   */
  credential?: {
    type: 'pin' | 'magic_link' | 'app' | 'card';
    /**
     * Of the PIN, link or card; null: a controller told of it and did not say which.
     */
    id: string | null;
  };
}
/**
 * What it was done to.
 */
export interface EventObject {
  type: EventObjectType;
  id: string;
  name: string;
}
