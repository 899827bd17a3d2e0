import { expect } from 'chai';
import type { JsonObject } from '../../../src/domain/scim.js';
import { parsePath } from '../../../src/scim/filter/parse.js';
import { resolvePath } from '../../../src/scim/filter/resolve.js';
import { isJsonObject, matchValue } from '../../../src/scim/model/match-form.js';
import { matchElement } from '../../../src/scim/patch/match-element.js';
import { ACCESS_URN } from '../../../src/domain/scim.js';
import { USER_SCHEMA } from '../../../src/scim/schema/schemas.js';

function matches(path: string, element: JsonObject): boolean {
  const { attribute, filter } = resolvePath(parsePath(path), USER_SCHEMA);
  if (attribute === null || filter === null) throw new Error('a value path is needed');
  const form = matchValue(attribute, element);
  return isJsonObject(form) && matchElement(filter, form);
}

const EMAIL: JsonObject = { value: 'Ann@Example.com', type: 'Work', primary: true, display: '' };
const PERIOD: JsonObject = { value: 'Ab', validFrom: '2026-02-01T01:00:00+01:00' };

describe('matchElement', () => {
  const cases: ReadonlyArray<readonly [filter: string, expected: boolean]> = [
    ['type eq "work"', true],
    ['TYPE EQ "WORK"', true],
    ['type eq "home"', false],
    ['type ne "home"', true],
    ['type ne "work"', false],
    ['value co "@EXAMPLE"', true],
    ['value sw "ann"', true],
    ['value ew ".com"', true],
    ['value sw "example"', false],
    ['value gt "ann"', true],
    ['value ge "ann@example.com"', true],
    ['value lt "ann@example.com"', false],
    ['value le "ann@example.com"', true],
    ['primary eq true', true],
    ['primary eq "True"', true],
    ['primary ne true', false],
    ['type pr', true],
    ['display pr', false],
    ['not (type pr)', false],
    ['type eq "work" and primary eq true', true],
    ['type eq "work" and primary eq false', false],
    ['type eq "home" or primary eq true', true],
    ['type eq "work" and (value co "zzz" or primary eq true)', true],
    ['type eq "work" and (value co "zzz" or primary eq false)', false],
    ['not (type eq "home" or type eq "other")', true],
    ['not (type eq "home" or type eq "work")', false],
  ];
  for (const [filter, expected] of cases)
    it(`emails[${filter}] is ${expected}`, () => expect(matches(`emails[${filter}]`, EMAIL)).to.equal(expected));

  it('takes an absent part for different from everything, and for no value in any order', () => {
    expect(matches('emails[type ne "work"]', { value: 'a@b' })).to.equal(true);
    for (const operator of ['eq', 'co', 'sw', 'ew', 'gt', 'ge', 'lt', 'le'])
      expect(matches(`emails[type ${operator} ""]`, { value: 'a@b' }), operator).to.equal(false);
    expect(matches('emails[type eq null]', { value: 'a@b' })).to.equal(true);
  });
  it('compares dates in time and ids in their own case', () => {
    expect(matches(`${ACCESS_URN}:accessPeriods[validFrom eq "2026-02-01T00:00:00Z"]`, PERIOD)).to.equal(true);
    expect(matches(`${ACCESS_URN}:accessPeriods[validFrom gt "2026-01-31T23:59:59.999Z"]`, PERIOD)).to.equal(true);
    expect(matches(`${ACCESS_URN}:accessPeriods[value eq "ab"]`, PERIOD)).to.equal(false);
  });
  it('orders texts by code points, as the databases do', () => {
    expect(matches('emails[display gt "\uff5e"]', { display: '😀' })).to.equal(true);
  });
});
