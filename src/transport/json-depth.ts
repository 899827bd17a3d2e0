const QUOTE = 0x22;
const BACKSLASH = 0x5c;
/** `[` and `{`, which differ in one bit, and so do `]` and `}`. */
const OPENING = 0x5b;
const CLOSING = 0x5d;
const ALIKE = ~0x20;

/** Far beyond what is allowed of a body, so that what is refused as too deep is told so where that is known better. */
export const JSON_DEPTH_MAX = 1_000;

/**
 * Whether JSON text opens more than `max` brackets inside each other, told from its bytes. To parse a megabyte of brackets
 * takes a hundred times as long as to count them, and nobody else is served meanwhile.
 */
export function isNestedDeeper(json: Uint8Array, max: number): boolean {
  if (json.length <= max) return false;
  let depth = 0;
  let isText = false;
  for (let at = 0; at < json.length; at += 1) {
    const byte = json[at] ?? 0;
    if (isText) {
      if (byte === BACKSLASH) at += 1;
      else if (byte === QUOTE) isText = false;
    } else if (byte === QUOTE) isText = true;
    else if ((byte & ALIKE) === OPENING) {
      depth += 1;
      if (depth > max) return true;
    } else if ((byte & ALIKE) === CLOSING) depth -= 1;
  }
  return false;
}
