import { expect } from 'chai';
import fc from 'fast-check';
import type { AccessChange } from '../../src/domain/access.js';
import { OPEN_WINDOW } from '../../src/domain/time.js';
import { countEffects, type Effect, effectOf, mappingInstead } from '../../src/reconcile/preview.js';

const because = 'a test';
const CREATE: AccessChange = { kind: 'member.create', because, name: 'Ana', emails: [], window: OPEN_WINDOW };
const RESUME: AccessChange = { kind: 'member.resume', because };
const END: AccessChange = { kind: 'member.end', because };
const PIN: AccessChange = { kind: 'pin.generate', because };
const REVOKE: AccessChange = { kind: 'pin.revoke', because, id: 'pin_1' };

describe('preview', () => {
  it('counts a plan by what becomes of its member', () => {
    expect(effectOf({ changes: [] })).to.equal('unchanged');
    expect(effectOf({ changes: [CREATE, PIN] })).to.equal('created');
    expect(effectOf({ changes: [RESUME, PIN] })).to.equal('created');
    expect(effectOf({ changes: [PIN, REVOKE] })).to.equal('changed');
    expect(effectOf({ changes: [REVOKE, END] })).to.equal('removed');
  });

  it('adds up to the number of Users, whatever their order', () => {
    const effect = fc.constantFrom<Effect>('created', 'changed', 'removed', 'unchanged');
    fc.assert(
      fc.property(fc.array(effect), (effects) => {
        const { created, changed, removed } = countEffects(effects);
        const unchanged = effects.filter((one) => one === 'unchanged').length;
        expect(created + changed + removed + unchanged).to.equal(effects.length);
        expect(countEffects([...effects].reverse())).to.deep.equal({ created, changed, removed });
      }),
    );
  });

  it('puts a mapping in the place of the stored one of the same resource alone', () => {
    const stored = [
      { resourceId: 'a', memberGroupId: 'mg_1' },
      { resourceId: 'a', memberGroupId: 'mg_2' },
      { resourceId: 'b', memberGroupId: 'mg_1' },
    ];
    expect(mappingInstead('a', ['mg_3'])(stored)).to.deep.equal([
      { resourceId: 'b', memberGroupId: 'mg_1' },
      { resourceId: 'a', memberGroupId: 'mg_3' },
    ]);
    expect(mappingInstead('a', [])(stored)).to.deep.equal([{ resourceId: 'b', memberGroupId: 'mg_1' }]);
    expect(mappingInstead('c', [])(stored)).to.deep.equal(stored);
  });
});
