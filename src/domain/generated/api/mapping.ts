// Generated from schemas/api/mapping.json by `npm run generate`. Do not edit.

/**
 * Body of PUT …/resources/{resourceId}/mapping and of its preview.
 */
export interface MappingBody {
  /**
   * Replaces the mapping; empty takes it away.
   *
   * @maxItems 100
   */
  memberGroupIds: string[];
}
