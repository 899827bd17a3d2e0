import type { MemberFields } from '../domain/access.js';
import { sameWindow, type Window } from '../domain/time.js';

/** Before and after of each field that differs, as events tell it. Empty: nothing differs. */
export type Changes = Readonly<Record<string, { readonly before: unknown; readonly after: unknown }>>;

export function fieldChanges(before: MemberFields, after: MemberFields): Changes {
  return {
    ...(before.name === after.name ? {} : { name: { before: before.name, after: after.name } }),
    ...(sameTexts(before.emails, after.emails) ? {} : { emails: { before: before.emails, after: after.emails } }),
    ...windowChanges(before.window, after.window),
  };
}

/** Only the sides that differ. */
export function windowChanges(before: Window, after: Window): Changes {
  if (sameWindow(before, after)) return {};
  return {
    ...(before.startsAt === after.startsAt ? {} : { startsAt: { before: before.startsAt, after: after.startsAt } }),
    ...(before.endsAt === after.endsAt ? {} : { endsAt: { before: before.endsAt, after: after.endsAt } }),
  };
}

function sameTexts(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every((text, index) => text === b[index]);
}

/** Of any values that JSON can hold; null: nothing differs. */
export function valueChanges<Fields extends Readonly<Record<string, unknown>>>(before: Fields, after: Fields): Changes | null {
  const changed = Object.keys(before).filter((name) => JSON.stringify(before[name]) !== JSON.stringify(after[name]));
  if (changed.length === 0) return null;
  return Object.fromEntries(changed.map((name) => [name, { before: before[name], after: after[name] }]));
}
