/** Values of one multi-valued attribute. Members of a Group are not counted here: as many as fit the body. */
export const VALUES_MAX = 1000;

/** Code points of any string that has no limit of its own. */
export const STRING_MAX = 8192;

/** Names of identity: what people and other systems know somebody or something by. */
export const NAME_MAX = 255;

/** Code points; the bytes of a key bound it too. */
export const EXTERNAL_ID_MAX = 1024;

/** UTF-8 bytes of anything that is kept in an index: a row of one ends at 2,704 bytes in PostgreSQL. */
export const KEY_BYTES_MAX = 2048;

/** Operations of one PATCH; never below the `maxOperations` of Bulk, which authentik takes for its chunks. */
export const PATCH_OPERATIONS_MAX = 1000;

/** Names in `attributes` or `excludedAttributes`. */
export const PROJECTION_NAMES_MAX = 200;

/** Resources in a page when the client names no count (D-G1). */
export const PAGE_DEFAULT = 100;

/** More are never sent. */
export const PAGE_MAX = 500;

/** How long a cursor is taken. A client asks for the next page within seconds; one that was stopped in between may go on. */
export const CURSOR_TIMEOUT_SECONDS = 3600;
