import { expect } from 'chai';
import fc from 'fast-check';
import { DEFAULT_SCIM_SWITCHES } from '../../../src/domain/integration.js';
import { ENTERPRISE_URN } from '../../../src/domain/scim.js';
import type { ResourceDocument } from '../../../src/domain/scim.js';
import { ScimError } from '../../../src/scim/errors.js';
import { applyPatch } from '../../../src/scim/patch/apply-patch.js';
import { parsePatch } from '../../../src/scim/patch/parse-patch.js';
import { USER_SCHEMA } from '../../../src/scim/schema/schemas.js';
import { applyToModel, emptyUser, modelOperations, wireOperation } from '../../support/patch-model.js';
import type { ModelOperation, ModelUser } from '../../support/patch-model.js';
import { expectCleanPrototype, part, patchBody, patchedUser, user, userBody } from '../../support/scim-bodies.js';
import { runs } from '../../support/runs.js';

/** Operations that are never refused. */
const quietOperations = modelOperations
  .map((operations) => operations.filter(({ kind }) => kind !== 'makePrimary'))
  .filter(({ length }) => length > 0);
const styles = fc.array(fc.nat(1), { minLength: 8, maxLength: 8 });
const bodyOf = (operations: readonly ModelOperation[], style: readonly number[]): object =>
  patchBody(...operations.map((operation, index) => wireOperation(operation, style[index] ?? 0)));
const start = (): ResourceDocument => user(userBody()).document;

function shownBy(document: ResourceDocument): ModelUser {
  const name = part(document, 'name');
  return {
    title: (document['title'] ?? null) as string | null,
    givenName: (name['givenName'] ?? null) as string | null,
    familyName: (name['familyName'] ?? null) as string | null,
    department: (part(document, ENTERPRISE_URN)['department'] ?? null) as string | null,
    active: document['active'] as boolean,
    emails: JSON.parse(JSON.stringify(document['emails'] ?? [])),
  };
}

function freeze<Value>(value: Value): Value {
  if (typeof value === 'object' && value !== null) Object.values(Object.freeze(value)).forEach(freeze);
  return value;
}

describe('PATCH, for any sequence of operations', () => {
  it('leaves what a model written from the RFC leaves, and refuses what it refuses', () => {
    fc.assert(
      fc.property(modelOperations, styles, (operations, style) => {
        const model = emptyUser();
        const accepted = operations.every((operation) => applyToModel(model, operation));

        if (accepted) expect(shownBy(patchedUser(start(), bodyOf(operations, style)).document)).to.deep.equal(model);
        else expect(() => patchedUser(start(), bodyOf(operations, style))).to.throw(ScimError);
      }),
      { numRuns: runs(20_000, 1_000_000) },
    );
  });

  it('one PATCH of many operations is many PATCHes of one', () => {
    fc.assert(
      fc.property(quietOperations, styles, (operations, style) => {
        const atOnce = patchedUser(start(), bodyOf(operations, style)).document;
        const stepwise = operations.reduce(
          (document, operation, index) => patchedUser(document, bodyOf([operation], style.slice(index))).document,
          start(),
        );

        expect(atOnce).to.deep.equal(stepwise);
      }),
      { numRuns: runs(2_000, 100_000) },
    );
  });

  it('an operation that is repeated changes nothing more (C20)', () => {
    fc.assert(
      fc.property(quietOperations, quietOperations, styles, (before, operations, style) => {
        const stored = patchedUser(start(), bodyOf(before, style)).document;
        const body = bodyOf(operations.slice(0, 1), style);
        const once = patchedUser(stored, body);

        expect(patchedUser(once.document, body)).to.deep.equal(once);
      }),
      { numRuns: runs(2_000, 100_000) },
    );
  });

  it('never changes the document, the body or the machinery of the process', () => {
    fc.assert(
      fc.property(quietOperations, quietOperations, styles, (before, operations, style) => {
        const stored = freeze(patchedUser(start(), bodyOf(before, style)).document);
        const copy = structuredClone(stored);
        const body = freeze(bodyOf(operations, style));

        applyPatch(stored, parsePatch(body, USER_SCHEMA, DEFAULT_SCIM_SWITCHES), DEFAULT_SCIM_SWITCHES);

        expect(stored).to.deep.equal(copy);
      }),
      { numRuns: runs(1_000, 50_000) },
    );
    expectCleanPrototype();
  });
});

describe('PATCH, for any body at all', () => {
  const names = [
    'op',
    'path',
    'value',
    'Operations',
    'members',
    'emails',
    'emails[type eq "work"].value',
    'name',
    '__proto__',
    'constructor',
    'prototype',
    'toString',
    'active',
    ENTERPRISE_URN,
  ];
  const texts = [
    'add',
    'replace',
    'remove',
    'Add',
    'emails',
    'name',
    'active',
    'True',
    'emails[type eq "work"]',
    'emails[',
    '__proto__.x',
    'constructor.prototype.x',
    '',
  ];
  const { json } = fc.letrec((tie) => ({
    json: fc.oneof(
      { depthSize: 'small', withCrossShrink: true },
      fc.constantFrom(...texts),
      fc.string(),
      fc.constantFrom(null, true, 7, -0),
      fc.array(tie('json'), { maxLength: 3 }),
      tie('object'),
    ),
    object: fc
      .dictionary(fc.constantFrom(...names), tie('json'), { maxKeys: 4 })
      .map((object) => JSON.parse(JSON.stringify(Object.fromEntries(Object.entries(object))))),
  }));

  it('answers with a document or a refusal of the protocol, and pollutes nothing', () => {
    fc.assert(
      fc.property(
        fc.array(
          fc.record({ op: fc.constantFrom('add', 'replace', 'remove'), path: fc.option(fc.constantFrom(...texts, ...names)), value: json }),
          { minLength: 1, maxLength: 3 },
        ),
        (operations) => {
          try {
            expect(patchedUser(start(), patchBody(...operations)).userName).to.be.a('string');
          } catch (error) {
            if (!(error instanceof ScimError)) throw error;
            expect(error.status).to.equal(400);
          }
          expectCleanPrototype();
        },
      ),
      { numRuns: runs(3_000, 150_000) },
    );
  });
});
