/** What Cloudbeds leaves out, sends empty or sends as null are the same; numbers come as texts and flags as 0 and 1. */
export type Lax = string | number | boolean | null | undefined;

export function textOf(value: Lax): string {
  return value === null || value === undefined ? '' : String(value).trim();
}

/** An id, or null when there is none. */
export function idOf(value: Lax): string | null {
  return typeof value === 'boolean' ? null : textOf(value) || null;
}

export function truth(value: Lax): boolean {
  return value === true || value === 1 || value === '1' || value === 'true';
}

/** A whole number however it is written; null for anything else. */
export function countOf(value: Lax): number | null {
  const text = textOf(value);
  return /^\d{1,15}$/.test(text) ? Number(text) : null;
}
