// Generated from schemas/upstream/guesty/key-code.json by `npm run generate`. Do not edit.

/**
 * A reservation read back for its key code.
 */
export interface GuestyKeyCode {
  _id: string;
  keyCode?: string | number | null;
}
