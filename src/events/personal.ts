import type { ObjectType } from '../domain/events.js';

/** What stands where a name was. */
export const ERASED = '(erased)';

/** Objects whose name is that of a person, or begins with it. */
export const OF_ONE_MEMBER: readonly ObjectType[] = ['user', 'member', 'association', 'pin', 'magic_link', 'card'];

interface MemberDetails {
  readonly emails?: unknown;
  readonly changes?: { readonly name?: unknown; readonly emails?: unknown };
}

/** Details of an event about one person, as JSON text, without what says who it was. Nothing to take out: the same text. */
export function withoutPerson(objectType: string, details: string | null): string | null {
  if (details === null) return null;
  if (objectType === 'member') return withoutAddresses(details);
  // Why somebody was denied is told in sentences that begin with who; the reason stays.
  return objectType === 'door' ? withoutSentences(details) : details;
}

function withoutAddresses(text: string): string {
  const details = JSON.parse(text) as MemberDetails;
  const { emails, changes } = details;
  if (emails === undefined && changes?.name === undefined && changes?.emails === undefined) return text;
  return JSON.stringify({
    ...details,
    ...(emails === undefined ? {} : { emails: [] }),
    ...(changes === undefined
      ? {}
      : {
          changes: {
            ...changes,
            ...(changes.name === undefined ? {} : { name: { before: ERASED, after: ERASED } }),
            ...(changes.emails === undefined ? {} : { emails: { before: [], after: [] } }),
          },
        }),
  });
}

function withoutSentences(text: string): string {
  const { because, ...details } = JSON.parse(text) as { readonly because?: unknown };
  return because === undefined ? text : JSON.stringify(details);
}
