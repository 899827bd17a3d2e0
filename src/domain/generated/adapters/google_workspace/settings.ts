// Generated from schemas/adapters/google_workspace/settings.json by `npm run generate`. Do not edit.

/**
 * Google Workspace has no settings beyond those of every sync integration.
 */
export interface GoogleWorkspaceSettings {}
