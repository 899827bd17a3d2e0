import type { SqlValue } from '../db/statement.js';

/** A condition or order in SQL over the alias `r`, made by code from a checked filter; values only in `bindings`. */
export interface SqlFragment {
  readonly sql: string;
  readonly bindings: readonly SqlValue[];
  /** An index finds the few rows that fulfil the condition; otherwise rows have to be looked at one by one. */
  readonly indexed?: boolean;
}

/** null: nothing is asked for. */
export function allOf(fragments: readonly (SqlFragment | null)[]): SqlFragment | null {
  const conditions = fragments.filter((fragment) => fragment !== null);
  if (conditions.length === 0) return null;
  return { sql: conditions.map(({ sql }) => `(${sql})`).join(' and '), bindings: conditions.flatMap(({ bindings }) => bindings) };
}
