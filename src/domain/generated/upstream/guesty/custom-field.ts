// Generated from schemas/upstream/guesty/custom-field.json by `npm run generate`. Do not edit.

/**
 * One custom field of a reservation, read back.
 */
export interface GuestyCustomField {
  customField: {
    value?: string | number | boolean | null;
  } | null;
}
