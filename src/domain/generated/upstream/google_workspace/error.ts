// Generated from schemas/upstream/google_workspace/error.json by `npm run generate`. Do not edit.

/**
 * The error envelope; the older and the newer form may both be present.
 */
export interface GoogleError {
  error: {
    message?: string;
    status?: string;
    errors?: {
      reason?: string;
      message?: string;
    }[];
    details?: {
      reason?: string;
    }[];
  };
}
