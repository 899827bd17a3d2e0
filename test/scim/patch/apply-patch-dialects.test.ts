import { expect } from 'chai';
import { ENTERPRISE_URN, USER_URN } from '../../../src/domain/scim.js';
import { enterpriseBody, patch, patchBody, patchedUser, user } from '../../support/scim-bodies.js';
import { ann, HOME } from '../../support/ann.js';

describe('applyPatch: Entra ID', () => {
  it('E4 flag off: one capitalised operation per attribute', () => {
    const { document } = patch(
      ann(),
      { op: 'Replace', path: 'emails[type eq "work"].value', value: 'ann2@example.com' },
      { op: 'Replace', path: 'name.familyName', value: 'Newname' },
      { op: 'Replace', path: 'userName', value: 'ann2@example.com' },
      { op: 'Replace', path: 'externalId', value: 'e-2' },
      { op: 'Replace', path: `${ENTERPRISE_URN}:department`, value: 'Sales' },
      { op: 'Add', path: 'phoneNumbers[type eq "mobile"].value', value: '+1 555 0100' },
    );

    expect(document).to.deep.equal({
      schemas: [USER_URN, ENTERPRISE_URN],
      externalId: 'e-2',
      userName: 'ann2@example.com',
      name: { familyName: 'Newname', givenName: 'Ann' },
      title: 'Chef',
      active: true,
      emails: [{ value: 'ann2@example.com', type: 'work' }, HOME],
      phoneNumbers: [{ value: '+1 555 0100', type: 'mobile' }],
      [ENTERPRISE_URN]: { department: 'Sales' },
    });
  });
  it('E4 flag off: disables and restores with a word (C19)', () => {
    const disabled = patch(ann(), { op: 'Replace', path: 'active', value: 'False' });

    expect(disabled).to.include({ active: false });
    expect(patchedUser(disabled.document, patchBody({ op: 'Replace', path: 'active', value: 'True' }))).to.include({ active: true });
  });
  it('E5 flag on: one replace with dotted keys, a value path and a URN key', () => {
    const { document } = patch(ann(), {
      op: 'replace',
      value: {
        displayName: 'Ann Newname',
        'name.familyName': 'Newname',
        'emails[type eq "work"].value': 'ann2@example.com',
        [`${ENTERPRISE_URN}:department`]: 'Sales',
      },
    });

    expect(document).to.include({ displayName: 'Ann Newname' });
    expect(document['name']).to.deep.equal({ givenName: 'Ann', familyName: 'Newname' });
    expect(document['emails']).to.deep.equal([{ value: 'ann2@example.com', type: 'work' }, HOME]);
    expect(document[ENTERPRISE_URN]).to.deep.equal({ department: 'Sales' });
  });
  it('E5 flag on: active as a boolean', () =>
    expect(patch(ann(), { op: 'replace', path: 'active', value: false })).to.include({ active: false }));

  for (const value of ['m2', ['m2'], [{ value: 'm2' }], { value: 'm2' }]) {
    it(`manager as ${JSON.stringify(value)} (D-L3)`, () => {
      for (const op of ['add', 'replace']) {
        expect(
          patch(enterpriseBody({ manager: 'm1' }), { op, path: `${ENTERPRISE_URN}:manager`, value }).document[ENTERPRISE_URN],
        ).to.deep.equal({ manager: { value: 'm2' } });
      }
    });
  }
  it('manager.value when there is no manager', () => {
    expect(patch(ann(), { op: 'add', path: `${ENTERPRISE_URN}:manager.value`, value: 'm1' }).document[ENTERPRISE_URN]).to.deep.equal({
      manager: { value: 'm1' },
    });
  });
  for (const operation of [
    { op: 'remove', path: `${ENTERPRISE_URN}:manager` },
    { op: 'remove', path: `${ENTERPRISE_URN}:manager.value` },
    { op: 'replace', path: `${ENTERPRISE_URN}:manager`, value: '' },
    { op: 'replace', path: `${ENTERPRISE_URN}:manager`, value: null },
  ]) {
    it(`takes the manager away with ${operation.op} ${JSON.stringify(Reflect.get(operation, 'value'))} ${operation.path}`, () => {
      expect(patch(enterpriseBody({ manager: 'm1' }), operation).document).not.to.have.property(ENTERPRISE_URN);
    });
  }
  it('roles[primary eq "True"].value makes a primary role', () => {
    const { document } = patch(ann(), { op: 'Replace', path: 'roles[primary eq "True"].value', value: 'admin' });

    expect(document['roles']).to.deep.equal([{ value: 'admin', primary: true }]);
  });
});

describe('applyPatch: Okta', () => {
  for (const active of [false, true]) {
    it(`pathless active ${active}`, () =>
      expect(patch(ann({ active: !active }), { op: 'replace', value: { active } })).to.include({ active }));
  }
  it('a whole resource as a pathless value, with what the server owns', () => {
    const value = { ...ann({ title: 'Cook' }), id: 'x', meta: { resourceType: 'User', version: 'W/"3"' }, groups: [{ value: 'g' }] };

    expect(patch(ann(), { op: 'replace', value }).document).to.deep.equal(user(ann({ title: 'Cook' })).document);
  });
  it('a password', () => expect(patch(ann(), { op: 'replace', value: { password: 'x' } }).document).to.deep.equal(user(ann()).document));
});
