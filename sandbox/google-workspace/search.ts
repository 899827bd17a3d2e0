import type { DirectoryGroup, DirectoryUser } from './records.js';

/** One clause of a `query`: `isSuspended=false`, `orgUnitPath='/Sales'`, `email:mara*`. */
interface Clause {
  readonly field: string;
  readonly operator: '=' | ':';
  readonly value: string;
}

/** Splits at blanks outside of quotes. null: not the language. */
function clausesOf(query: string): readonly Clause[] | null {
  const words: string[] = [];
  let word = '';
  let quoted = false;
  for (const character of query) {
    if (character === "'") quoted = !quoted;
    if (character === ' ' && !quoted) {
      words.push(word);
      word = '';
    } else word += character;
  }
  if (quoted) return null;
  const clauses = [...words, word].filter((one) => one !== '').map(clauseOf);
  return clauses.every((clause) => clause !== null) ? clauses : null;
}

function clauseOf(word: string): Clause | null {
  const at = [...word].findIndex((character) => character === '=' || character === ':');
  if (at < 1) return null;
  const value = word.slice(at + 1);
  const bare = value.startsWith("'") && value.endsWith("'") && value.length > 1 ? value.slice(1, -1) : value;
  return { field: word.slice(0, at), operator: word[at] === '=' ? '=' : ':', value: bare };
}

/** `=` exact, `:` contains, `:value*` begins with. */
function fits(texts: readonly string[], { operator, value }: Clause): boolean {
  const wanted = value.toLowerCase();
  const each = texts.map((text) => text.toLowerCase());
  if (operator === '=') return each.includes(wanted);
  return wanted.endsWith('*') ? each.some((text) => text.startsWith(wanted.slice(0, -1))) : each.some((text) => text.includes(wanted));
}

const USER_FLAGS: Readonly<Record<string, (user: DirectoryUser) => boolean>> = {
  isAdmin: ({ isAdmin }) => isAdmin,
  isDelegatedAdmin: ({ isDelegatedAdmin }) => isDelegatedAdmin,
  isSuspended: ({ suspended }) => suspended,
  isArchived: ({ archived }) => archived,
};

const USER_TEXTS: Readonly<Record<string, (user: DirectoryUser) => readonly string[]>> = {
  email: ({ primaryEmail, aliases, emails }) => [primaryEmail, ...aliases, ...emails.map(({ address }) => address)],
  name: ({ name }) => [name.fullName, name.givenName, name.familyName],
  givenName: ({ name }) => [name.givenName],
  familyName: ({ name }) => [name.familyName],
  externalId: ({ externalIds }) => externalIds.map(({ value }) => value),
};

/** @returns null for a query that Google calls invalid */
export function searchUsers(users: readonly DirectoryUser[], query: string): readonly DirectoryUser[] | null {
  const clauses = clausesOf(query);
  if (clauses === null) return null;
  let found: readonly DirectoryUser[] = users;
  for (const clause of clauses) {
    const flag = USER_FLAGS[clause.field];
    const texts = USER_TEXTS[clause.field];
    if (flag !== undefined && clause.operator === '=') found = found.filter((user) => String(flag(user)) === clause.value);
    else if (texts !== undefined) found = found.filter((user) => fits(texts(user), clause));
    else if (clause.field === 'orgUnitPath') found = found.filter(({ orgUnitPath }) => isWithin(orgUnitPath, clause.value));
    else return null;
  }
  return found;
}

/** The unit and everything below. */
function isWithin(path: string, unit: string): boolean {
  return path === unit || path.startsWith(unit === '/' ? '/' : `${unit}/`);
}

/** @param hasMember is a person or group, by id or address, directly in it? */
export function searchGroups(
  groups: readonly DirectoryGroup[],
  query: string,
  hasMember: (group: DirectoryGroup, key: string) => boolean,
): readonly DirectoryGroup[] | null {
  const clauses = clausesOf(query);
  if (clauses === null) return null;
  let found: readonly DirectoryGroup[] = groups;
  for (const clause of clauses) {
    if (clause.field === 'email') found = found.filter(({ email, aliases }) => fits([email, ...aliases], clause));
    else if (clause.field === 'name') found = found.filter(({ name }) => fits([name], clause));
    else if (clause.field === 'memberKey' && clause.operator === '=') found = found.filter((group) => hasMember(group, clause.value));
    else return null;
  }
  return found;
}
