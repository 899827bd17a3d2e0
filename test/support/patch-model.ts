import fc from 'fast-check';
import { ENTERPRISE_URN } from '../../src/domain/scim.js';

/**
 * PATCH once more, written from RFC 7644 section 3.5.2 for a few attributes and with everything in plain fields,
 * so that nothing of the engine is in it. It knows one deviation: a value path that matches nothing creates.
 */
export interface ModelEmail {
  value?: string;
  type?: string;
  primary?: boolean;
}
export interface ModelUser {
  title: string | null;
  givenName: string | null;
  familyName: string | null;
  department: string | null;
  active: boolean;
  emails: ModelEmail[];
}

type Text = 'title' | 'givenName' | 'familyName' | 'department';
export type ModelOperation =
  | { readonly kind: 'text'; readonly field: Text; readonly op: 'add' | 'replace' | 'remove'; readonly value: string }
  | { readonly kind: 'active'; readonly value: boolean }
  | { readonly kind: 'list'; readonly op: 'add' | 'replace'; readonly values: readonly ModelEmail[] }
  | { readonly kind: 'clear' }
  | { readonly kind: 'removeType'; readonly type: string }
  | { readonly kind: 'setValue'; readonly op: 'add' | 'replace'; readonly type: string; readonly value: string }
  | { readonly kind: 'makePrimary'; readonly type: string };

const TYPES = ['work', 'home', 'other'] as const;
const value = fc.constantFrom('a@x', 'b@x', 'c@x');
const type = fc.constantFrom(...TYPES);
const op = fc.constantFrom('add' as const, 'replace' as const);
const email: fc.Arbitrary<ModelEmail> = fc.record({ value, type });
const list = fc
  .uniqueArray(email, { maxLength: 3, selector: (one) => `${one.value} ${one.type}` })
  .chain((values) =>
    fc
      .integer({ min: -1, max: values.length - 1 })
      .map((chosen) => values.map((one, index) => (index === chosen ? { ...one, primary: true } : one))),
  );

export const modelOperations: fc.Arbitrary<ModelOperation[]> = fc.array(
  fc.oneof(
    fc.record({
      kind: fc.constant('text' as const),
      field: fc.constantFrom<Text>('title', 'givenName', 'familyName', 'department'),
      op: fc.constantFrom('add' as const, 'replace' as const, 'remove' as const),
      value: fc.constantFrom('x', 'y'),
    }),
    fc.record({ kind: fc.constant('active' as const), value: fc.boolean() }),
    fc.record({ kind: fc.constant('list' as const), op, values: list }),
    fc.record({ kind: fc.constant('clear' as const) }),
    fc.record({ kind: fc.constant('removeType' as const), type }),
    fc.record({ kind: fc.constant('setValue' as const), op, type, value }),
    fc.record({ kind: fc.constant('makePrimary' as const), type }),
  ),
  { minLength: 1, maxLength: 8 },
);

export const emptyUser = (): ModelUser => ({ title: null, givenName: null, familyName: null, department: null, active: true, emails: [] });

/** Applies one operation; false when it must be refused. */
export function applyToModel(user: ModelUser, operation: ModelOperation): boolean {
  switch (operation.kind) {
    case 'text':
      user[operation.field] = operation.op === 'remove' ? null : operation.value;
      return true;
    case 'active':
      user.active = operation.value;
      return true;
    case 'clear':
      user.emails = [];
      return true;
    case 'removeType':
      user.emails = user.emails.filter((one) => one.type !== operation.type);
      return true;
    case 'list':
      if (operation.op === 'replace') user.emails = operation.values.map((one) => ({ ...one }));
      else for (const one of operation.values) addEmail(user, one);
      return true;
    case 'setValue':
    case 'makePrimary':
      return changeByType(user, operation);
  }
}

function addEmail(user: ModelUser, added: ModelEmail): void {
  const known = user.emails.find((one) => one.value === added.value && one.type === added.type);
  if (added.primary === true) for (const one of user.emails) if (one.primary === true) one.primary = false;
  if (known === undefined) user.emails.push({ ...added });
  else Object.assign(known, added);
}

function changeByType(user: ModelUser, operation: ModelOperation & { kind: 'setValue' | 'makePrimary' }): boolean {
  const picked = user.emails.filter((one) => one.type === operation.type);
  if (operation.kind === 'setValue') {
    for (const one of picked) one.value = operation.value;
    if (picked.length === 0) user.emails.push({ type: operation.type, value: operation.value });
    return true;
  }
  if (picked.length > 1) return false;
  for (const one of user.emails) if (one.primary === true) one.primary = false;
  if (picked[0] === undefined) user.emails.push({ type: operation.type, primary: true });
  else picked[0].primary = true;
  return true;
}

const PATHS: Readonly<Record<Text, string>> = {
  title: 'title',
  givenName: 'name.givenName',
  familyName: 'NAME.familyname',
  department: `${ENTERPRISE_URN}:department`,
};

/** The operation as a client writes it; `style` picks one of several spellings of the same thing. */
export function wireOperation(operation: ModelOperation, style: number): object {
  const pathless = style % 2 === 1;
  switch (operation.kind) {
    case 'text': {
      const path = PATHS[operation.field];
      if (operation.op === 'remove') return pathless ? { op: 'replace', path, value: null } : { op: 'Remove', path };
      return pathless ? { op: operation.op, value: { [path]: operation.value } } : { op: operation.op, path, value: operation.value };
    }
    case 'active':
      return pathless
        ? { op: 'replace', value: { active: operation.value } }
        : { op: 'Replace', path: 'active', value: operation.value ? 'True' : 'False' };
    case 'clear':
      return pathless ? { op: 'replace', path: 'emails', value: [] } : { op: 'remove', path: 'emails' };
    case 'removeType':
      return { op: 'remove', path: pathless ? `emails[TYPE EQ "${operation.type.toUpperCase()}"]` : `emails[type eq "${operation.type}"]` };
    case 'list':
      return pathless
        ? { op: operation.op, value: { emails: operation.values } }
        : { op: operation.op, path: 'emails', value: operation.values };
    case 'setValue': {
      const path = `emails[type eq "${operation.type}"].value`;
      return pathless ? { op: operation.op, value: { [path]: operation.value } } : { op: operation.op, path, value: operation.value };
    }
    case 'makePrimary':
      return { op: 'replace', path: `emails[type eq "${operation.type}"].primary`, value: pathless ? 'True' : true };
  }
}
