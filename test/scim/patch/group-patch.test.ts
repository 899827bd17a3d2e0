import { expect } from 'chai';
import type { MembersStep } from '../../../src/domain/scim.js';
import { GROUP_URN } from '../../../src/domain/scim.js';
import { expectRefused, patchGroup, wire } from '../../support/scim-bodies.js';

const steps = (...operations: readonly unknown[]): readonly MembersStep[] => patchGroup(...operations).steps;
const filtered = (filter: string): object => ({ op: 'remove', path: `members[${filter}]` });

describe('groupPatch', () => {
  const cases: ReadonlyArray<readonly [label: string, operation: object, op: MembersStep['op'], ids: readonly string[]]> = [
    ['Entra adds', { op: 'Add', path: 'members', value: [{ $ref: null, value: 'U-0001' }] }, 'add', ['U-0001']],
    ['Entra removes, flag off', { op: 'Remove', path: 'members', value: [{ $ref: null, value: 'U-0001' }] }, 'remove', ['U-0001']],
    ['Entra removes, flag on', { op: 'remove', path: 'members[value eq "U-0001"]' }, 'remove', ['U-0001']],
    ['Okta replaces', { op: 'replace', path: 'members', value: [{ value: 'U-0003', display: 'ann@example.com' }] }, 'replace', ['U-0003']],
    ['Okta pushes an empty Group', { op: 'replace', path: 'members', value: [] }, 'replace', []],
    ['authentik adds', { op: 'add', path: 'members', value: [{ value: 'u1' }] }, 'add', ['u1']],
    ['authentik removes', { op: 'remove', path: 'members', value: [{ value: 'u2' }] }, 'remove', ['u2']],
    ['one object', { op: 'add', path: 'members', value: { value: 'u1', type: 'User', display: 'Ann' } }, 'add', ['u1']],
    ['one id twice', { op: 'add', path: 'members', value: [{ value: 'u1' }, { VALUE: 'u1' }] }, 'add', ['u1']],
    ['pathless add', { op: 'add', value: { members: [{ value: 'u1' }] } }, 'add', ['u1']],
    ['pathless replace', { op: 'replace', value: { MEMBERS: [{ value: 'u1' }] } }, 'replace', ['u1']],
    ['pathless replace with null', { op: 'replace', value: { members: null } }, 'replace', []],
    ['behind the URN', { op: 'add', path: `${GROUP_URN}:members`, value: [{ value: 'u1' }] }, 'add', ['u1']],
    ['C13 remove of all', { op: 'remove', path: 'members' }, 'replace', []],
    ['C13 remove of all, value null', { op: 'remove', path: 'members', value: null }, 'replace', []],
    ['replace with null', { op: 'replace', path: 'members', value: null }, 'replace', []],
    ['remove of plain ids', { op: 'remove', path: 'members', value: ['u1', { value: 'u2' }] }, 'remove', ['u1', 'u2']],
    ['remove of one plain id', { op: 'remove', path: 'members', value: 'u1' }, 'remove', ['u1']],
    ['several by or', filtered('value eq "u1" or VALUE EQ "u2" or (value eq "u1")'), 'remove', ['u1', 'u2']],
    ['a value path with a value beside it', { op: 'remove', path: 'members[value eq "u1"]', value: [{ value: 'u9' }] }, 'remove', ['u1']],
    ['an id in its own case', filtered('value eq "Ab"'), 'remove', ['Ab']],
  ];
  for (const [label, operation, op, ids] of cases) {
    it(`${label}: ${JSON.stringify(operation)}`, () => expect(steps(operation)).to.deep.equal([{ op, ids }]));
  }

  it('Okta mixes a removal and an addition, in order', () => {
    const mixed = steps(
      { op: 'remove', path: 'members[value eq "U-0002"]' },
      { op: 'add', path: 'members', value: [{ value: 'U-0003', display: 'ann@example.com' }] },
    );

    expect(mixed).to.deep.equal([
      { op: 'remove', ids: ['U-0002'] },
      { op: 'add', ids: ['U-0003'] },
    ]);
  });

  it('joins steps of one kind that follow each other, but never over another kind or a replace', () => {
    const add = (id: string): object => ({ op: 'add', path: 'members', value: [{ value: id }] });
    const replace = (id: string): object => ({ op: 'replace', path: 'members', value: [{ value: id }] });

    expect(steps(add('a'), add('b'), filtered('value eq "a"'), add('c'), replace('d'), replace('e'), add('f'))).to.deep.equal([
      { op: 'add', ids: ['a', 'b'] },
      { op: 'remove', ids: ['a'] },
      { op: 'add', ids: ['c'] },
      { op: 'replace', ids: ['d'] },
      { op: 'replace', ids: ['e'] },
      { op: 'add', ids: ['f'] },
    ]);
  });

  it('makes no step of an empty list of additions or removals', () => {
    expect(
      steps(
        { op: 'add', path: 'members', value: [] },
        { op: 'add', path: 'members', value: null },
        { op: 'remove', path: 'members', value: [] },
      ),
    ).to.deep.equal([]);
  });

  it('leaves the attributes to applyPatch', () => {
    const { steps: members, attributes } = patchGroup({
      op: 'replace',
      value: { id: 'G-0001', displayName: 'Cleaners', members: [{ value: 'u1' }] },
    });

    expect(members).to.deep.equal([{ op: 'replace', ids: ['u1'] }]);
    expect(attributes.map(({ target }) => target.attribute.name)).to.deep.equal(['displayName']);
  });

  for (const filter of [
    'display eq "Ann"',
    'type eq "User"',
    'value sw "u"',
    'value ne "u1"',
    'not (value eq "u1")',
    'value eq "u1" and type eq "User"',
    'value eq "u1" or display eq "x"',
    'value pr',
    '$ref eq "x"',
  ]) {
    it(`refuses members[${filter}], which only the members could decide`, () =>
      expectRefused(() => steps(filtered(filter)), 'invalidPath'));
  }

  for (const [op, path, value] of [
    ['add', 'members[value eq "u1"]', { value: 'u1' }],
    ['replace', 'members[value eq "u1"]', { value: 'u2' }],
    ['replace', 'members[value eq "u1"].value', 'u2'],
    ['add', 'members[value eq "u1"].display', 'x'],
    ['remove', 'members[value eq "u1"].value', undefined],
    ['add', 'members.value', 'u1'],
    ['remove', 'members.value', 'u1'],
    ['replace', 'members.type', 'User'],
  ] as const) {
    it(`refuses ${op} ${path}: a member is added or removed, never changed or made from a filter`, () => {
      expectRefused(() => steps({ op, path, value }), 'mutability');
    });
  }
  it('refuses members.value as a key too', () => expectRefused(() => steps({ op: 'add', value: { 'members.value': 'u1' } }), 'mutability'));

  for (const value of ['u1', ['u1'], [null], [{}], [{ value: 7 }], [{ value: '' }], [[{ value: 'u1' }]], 7, true]) {
    it(`refuses to add ${JSON.stringify(value)}`, () => expectRefused(() => steps({ op: 'add', path: 'members', value }), 'invalidValue'));
  }
  it('refuses a forbidden name in a member', () => {
    for (const op of ['add', 'remove', 'replace']) {
      expectRefused(() => steps({ op, path: 'members', value: [wire('{"value":"u","__proto__":{"polluted":1}}')] }), 'invalidValue');
    }
  });

  it('makes one step of 1,000 operations of one member', () => {
    const operations = Array.from({ length: 1000 }, (_, n) => ({ op: 'add', path: 'members', value: [{ value: `u${n}` }] }));

    const [step, ...more] = steps(...operations);

    expect([step?.ids.length, more.length]).to.deep.equal([1000, 0]);
  });
});
