import { expect } from 'chai';
import { GROUP_URN, USER_URN } from '../../../src/domain/scim.js';
import { expectRefused, group, groupBody, wire } from '../../support/scim-bodies.js';

describe('checkGroup', () => {
  it('keeps what Entra creates (E7): an unknown second schema, meta ignored, no word about members', () => {
    const checked = group({
      schemas: [GROUP_URN, 'http://schemas.microsoft.com/2006/11/ResourceManagement/ADSCIM/2.0/Group'],
      externalId: 'e-grp-0001',
      displayName: 'Cleaners',
      meta: { resourceType: 'Group' },
    });

    expect(checked.document).to.deep.equal({ schemas: [GROUP_URN], externalId: 'e-grp-0001', displayName: 'Cleaners' });
    expect(checked).to.include({ displayName: 'Cleaners', displayNameKey: 'cleaners', externalId: 'e-grp-0001', members: undefined });
  });

  it('hands the members over as ids, each once, and keeps them out of the document (B36)', () => {
    const checked = group(
      groupBody({ MEMBERS: [{ value: 'u1', display: 'Ann', $ref: null, type: 'User' }, { VALUE: 'u2' }, { value: 'u1' }] }),
    );

    expect(checked.members).to.deep.equal(['u1', 'u2']);
    expect(JSON.stringify([checked.document, checked.match])).not.to.contain('u1');
  });

  it('tells "no members" from "not said" (D-A2)', () => {
    expect(group(groupBody({ members: [] })).members).to.deep.equal([]);
    expect(group(groupBody({ members: null })).members).to.deep.equal([]);
    expect(group(groupBody()).members).to.equal(undefined);
  });

  it('takes 15,000 members (B38)', () => {
    const body = groupBody({ members: Array.from({ length: 15_000 }, (_, n) => ({ value: `user-${n}` })) });

    expect(group(body).members).to.have.length(15_000);
  });

  const refused: ReadonlyArray<readonly [label: string, body: unknown]> = [
    ['B33 no displayName', { schemas: [GROUP_URN] }],
    ['B33 displayName null', groupBody({ displayName: null })],
    ['B33 displayName blank', groupBody({ displayName: ' ' })],
    ['displayName of 256 characters', groupBody({ displayName: 'a'.repeat(256) })],
    ['displayName that folds to more bytes than an index takes', groupBody({ displayName: '\ufdfa'.repeat(255) })],
    ['displayName with a direction override', groupBody({ displayName: 'a\u202eb' })],
    ['displayName as a number', groupBody({ displayName: 5 })],
    ['a member as a text', groupBody({ members: ['u1'] })],
    ['a member null', groupBody({ members: [null] })],
    ['a member without a value', groupBody({ members: [{ display: 'Ann' }] })],
    ['a member with a blank value', groupBody({ members: [{ value: ' ' }] })],
    ['a member with a number', groupBody({ members: [{ value: 7 }] })],
    ['a member with two values', groupBody({ members: [{ value: 'a', Value: 'b' }] })],
    ['a member with NUL', groupBody({ members: [{ value: 'a\0' }] })],
    ['a member of 256 characters', groupBody({ members: [{ value: 'a'.repeat(256) }] })],
    ['members as a text', groupBody({ members: 'u1' })],
    ['members in two spellings', groupBody({ members: [], Members: [] })],
    [
      'a forbidden name in a member',
      wire(`{"schemas":["${GROUP_URN}"],"displayName":"x","members":[{"value":"u","__proto__":{"polluted":1}}]}`),
    ],
  ];
  for (const [label, body] of refused) it(`refuses ${label}`, () => expectRefused(() => group(body), 'invalidValue'));

  it('refuses the schemas of a User (B2)', () => expectRefused(() => group(groupBody({ schemas: [USER_URN] })), 'invalidSyntax'));
});
