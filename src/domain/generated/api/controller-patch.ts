// Generated from schemas/api/controller-patch.json by `npm run generate`. Do not edit.

/**
 * Body of PATCH /api/v1/controllers/{id}.
 */
export interface ControllerPatch {
  /**
   * Shown to people.
   */
  name?: string;
  /**
   * The doors that it moves. Replaces the whole list.
   *
   * @maxItems 500
   */
  doorIds?: string[];
}
