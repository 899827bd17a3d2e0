// Generated from schemas/api/access-check.json by `npm run generate`. Do not edit.

/**
 * Body of POST /api/v1/access-checks.
 */
export interface AccessCheck {
  /**
   * Which door.
   */
  doorId: string;
  /**
   * Who.
   */
  memberId: string;
  /**
   * By what the door is to be opened.
   */
  method: 'pin' | 'magic_link' | 'app' | 'card';
  /**
   * When; absent: now.
   */
  at?: string;
}
