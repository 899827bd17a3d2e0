import { expect } from 'chai';
import { LatchkeyError } from '../../src/errors.js';
import * as errors from '../../src/scim/errors.js';
import { InvalidFilter, InvalidPath } from '../../src/scim/filter/errors.js';

describe('the errors of the protocol (RFC 7644 section 3.12, RFC 9865 section 2.1)', () => {
  const table = [
    [errors.InvalidFilter, 400, 'invalidFilter'],
    [errors.TooMany, 400, 'tooMany'],
    [errors.Uniqueness, 409, 'uniqueness'],
    [errors.Mutability, 400, 'mutability'],
    [errors.InvalidSyntax, 400, 'invalidSyntax'],
    [errors.InvalidPath, 400, 'invalidPath'],
    [errors.NoTarget, 400, 'noTarget'],
    [errors.InvalidValue, 400, 'invalidValue'],
    [errors.InvalidVersion, 400, 'invalidVers'],
    [errors.Sensitive, 403, 'sensitive'],
  ] as const;
  for (const [Problem, status, scimType] of table) {
    it(`${scimType} is answered as ${status}, with words for the caller`, () => {
      const error = new Problem('Words.');

      expect(error).to.be.instanceOf(errors.ScimError).and.instanceOf(LatchkeyError);
      expect(error).to.include({ status, scimType, publicMessage: 'Words.' });
    });
  }

  for (const [Problem, scimType] of [
    [errors.InvalidCursor, 'invalidCursor'],
    [errors.ExpiredCursor, 'expiredCursor'],
    [errors.InvalidCount, 'invalidCount'],
  ] as const) {
    it(`${scimType} is answered as 400, in its own words`, () => {
      const error = new Problem();

      expect(error).to.be.instanceOf(errors.ScimError).and.include({ status: 400, scimType });
      expect(error.publicMessage).to.match(/\.$/);
    });
  }

  it('cover the mistakes of filters and paths', () => {
    expect(new InvalidFilter('syntax', 'it is empty', 0))
      .to.be.instanceOf(errors.InvalidFilter)
      .and.include({ status: 400, scimType: 'invalidFilter', position: 0 });
    expect(new InvalidPath('syntax', 'it is empty', 0))
      .to.be.instanceOf(errors.InvalidPath)
      .and.include({ status: 400, scimType: 'invalidPath' });
  });
});
