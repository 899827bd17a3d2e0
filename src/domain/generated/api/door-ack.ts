// Generated from schemas/api/door-ack.json by `npm run generate`. Do not edit.

/**
 * Body of POST /door/v1/commands/{id}/ack.
 */
export interface DoorAck {
  /**
   * What became of the command.
   */
  result: 'opened' | 'failed';
  /**
   * Why it failed, in a few words for people.
   */
  detail?: string;
}
