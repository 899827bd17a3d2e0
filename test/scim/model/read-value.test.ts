import { expect } from 'chai';
import { readValue } from '../../../src/scim/model/read-value.js';
import type { Attribute } from '../../../src/scim/schema/attribute.js';
import { attributeAt } from '../../../src/scim/schema/resolve.js';
import { USER_SCHEMA } from '../../../src/scim/schema/schemas.js';
import { expectRefused } from '../../support/scim-bodies.js';

const title = attributeAt(USER_SCHEMA.attributes, 'title');
const number = (type: 'integer' | 'decimal'): Attribute => ({ ...title, name: 'floor', type });

describe('readValue: numbers, which no schema of ours has yet', () => {
  it('keeps whole and decimal numbers', () => {
    for (const value of [0, -7, Number.MAX_SAFE_INTEGER]) expect(readValue(number('integer'), value)).to.equal(value);
    for (const value of [0.5, -1e300, 7]) expect(readValue(number('decimal'), value)).to.equal(value);
  });
  for (const value of [1.5, 2 ** 53, Number.POSITIVE_INFINITY, Number.NaN, '7', true, [7], {}]) {
    it(`refuses ${String(value)} as a whole number (A23)`, () => expectRefused(() => readValue(number('integer'), value), 'invalidValue'));
  }
  for (const value of [Number.POSITIVE_INFINITY, '0.5', false]) {
    it(`refuses ${String(value)} as a decimal number`, () => expectRefused(() => readValue(number('decimal'), value), 'invalidValue'));
  }
});
