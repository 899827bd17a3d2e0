// Generated from schemas/api/magic-link-create.json by `npm run generate`. Do not edit.

/**
 * Body of POST /api/v1/members/{id}/magic-links; may be absent.
 */
export interface MagicLinkCreate {}
