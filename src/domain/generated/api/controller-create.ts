// Generated from schemas/api/controller-create.json by `npm run generate`. Do not edit.

/**
 * Body of POST /api/v1/controllers.
 */
export interface ControllerCreate {
  /**
   * Shown to people.
   */
  name: string;
  /**
   * The doors that it moves.
   *
   * @maxItems 500
   */
  doorIds: string[];
}
