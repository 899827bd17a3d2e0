// Generated from schemas/upstream/cloudbeds/envelope.json by `npm run generate`. Do not edit.

/**
 * What every answer of the classic API is wrapped in.
 */
export interface CloudbedsEnvelope {
  success: boolean;
  message?: string | null;
  data?: unknown;
  count?: number | string | null;
  total?: number | string | null;
}
