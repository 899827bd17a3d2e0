// Generated from schemas/api/card-create.json by `npm run generate`. Do not edit.

/**
 * Body of POST /api/v1/members/{id}/cards.
 */
export interface CardCreate {
  /**
   * The number that the reader reports.
   */
  uid: string;
}
