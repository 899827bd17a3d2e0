// Generated from schemas/upstream/google_workspace/token-error.json by `npm run generate`. Do not edit.

/**
 * The error of a token endpoint (RFC 6749 section 5.2).
 */
export interface GoogleTokenError {
  error: string;
  error_description?: string;
}
