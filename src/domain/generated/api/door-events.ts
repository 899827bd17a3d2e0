// Generated from schemas/api/door-events.json by `npm run generate`. Do not edit.

/**
 * Body of POST /door/v1/events.
 */
export interface DoorEvents {
  /**
   * In any order.
   *
   * @maxItems 1000
   */
  events: DoorEvent[];
}
export interface DoorEvent {
  /**
   * Never given twice by this controller; the eventId of verify or the id of a command, if the opening came of it.
   */
  id: string;
  /**
   * A door of the controller.
   */
  doorId: string;
  /**
   * When it happened, by the controller's clock.
   */
  occurredAt: string;
  granted: boolean;
  /**
   * One of the reasons of verify.
   */
  reason?:
    | 'granted'
    | 'unknown_credential'
    | 'too_many_attempts'
    | 'member_deleted'
    | 'member_ended'
    | 'before_window'
    | 'after_window'
    | 'no_permission'
    | 'method_not_allowed'
    | 'outside_schedule';
  credential: {
    type: 'pin' | 'magic_link' | 'app' | 'card';
    /**
     * Of the entry in the list; absent: unknown.
     */
    memberId?: string;
  };
}
