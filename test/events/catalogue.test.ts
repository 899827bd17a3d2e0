import { readdirSync, readFileSync } from 'node:fs';
import { expect } from 'chai';
import { EVENT_VERBS, OBJECT_TYPES } from '../../src/domain/events.js';
import { objectionTo } from '../support/event-catalogue.js';

interface Kind {
  readonly description: string;
  readonly properties: { readonly verb: { readonly const: string } };
  readonly examples: readonly { readonly verb: string; readonly details: unknown }[];
}

const types = readdirSync('schemas/events')
  .map((file) => file.replace(/\.json$/, ''))
  .filter((name) => name !== 'shared');
const kindsOf = (type: string): Kind[] =>
  Object.values((JSON.parse(readFileSync(`schemas/events/${type}.json`, 'utf8')) as { readonly $defs: Record<string, Kind> }).$defs);
const told = (object_type: string, verb: string, details: unknown) => ({
  ...{ object_type, verb, member_id: 'mem_1' },
  details: details === null ? null : JSON.stringify(details),
});

describe('the catalogue of events', () => {
  it('names types of objects and verbs that there are, each verb of a type once', () => {
    expect(OBJECT_TYPES).to.include.members(types);
    for (const type of types) {
      const verbs = kindsOf(type).map((kind) => kind.properties.verb.const);
      expect(EVENT_VERBS, type).to.include.members(verbs);
      expect(verbs, type).to.have.length(new Set(verbs).size);
    }
  });

  for (const type of types) {
    it(`says of each event of a ${type} what it means, with an example that is one`, () => {
      for (const { description, examples } of kindsOf(type)) {
        expect(description).to.match(/^[A-Z].*\.$/);
        expect(examples).to.have.length(1);
        for (const { verb, details } of examples) expect(objectionTo(told(type, verb, details))).to.equal(null);
      }
    });
  }

  it('refuses what it does not name, details that it does not know, and a member’s event without the member', () => {
    const door = { method: 'pin', reason: 'granted' };

    expect(objectionTo(told('door', 'use', door))).to.equal(null);
    expect(objectionTo(told('door', 'reveal', door))).to.contain('must be equal to constant');
    expect(objectionTo(told('admin', 'create', {}))).to.contain('no file');
    expect(objectionTo(told('door', 'use', { ...door, pin: '1234' }))).to.contain('additional properties');
    expect(objectionTo(told('door', 'use', { method: 'pin' }))).to.contain("required property 'reason'");
    expect(objectionTo({ ...told('pin', 'reveal', { memberId: 'mem_1' }), member_id: null })).to.contain('its member');
  });
});
