import { expect } from 'chai';
import { postgresJson, sqliteJson } from '../../../src/db/json-sql.js';
import { ACCESS_URN, ENTERPRISE_URN } from '../../../src/domain/scim.js';
import type { FilterTarget } from '../../../src/scim/filter/compile.js';
import { compareColumn, compileFilter } from '../../../src/scim/filter/compile.js';
import { parseFilter } from '../../../src/scim/filter/parse.js';
import { resolveFilter } from '../../../src/scim/filter/resolve.js';
import type { PositiveLeaf } from '../../../src/scim/filter/resolved.js';
import { SAMPLE_SCHEMA } from '../../support/sample-schema.js';

const plain: FilterTarget = { alias: 'u', json: sqliteJson, special: () => null, rows: () => null };
const compiled = (text: string, target: FilterTarget = plain): { sql: string; bindings: readonly (string | number)[] } =>
  compileFilter(resolveFilter(parseFilter(text), SAMPLE_SCHEMA), target);

function withSpecial(special: FilterTarget['special']): FilterTarget {
  return { ...plain, special };
}
/** userName in a column that can be NULL. */
const columnTarget = withSpecial((on, leaf) =>
  on.attribute.name === 'userName' ? compareColumn(sqliteJson, { sql: 'u.name_key', mayBeNull: true }, leaf) : null,
);

describe('a filter as SQL', () => {
  it('holds every text of the caller as a binding', () => {
    const hostile = [`' OR 1=1 --`, '"; DROP TABLE users', '%', '_', '\\', '?', '$1', '*)(uid=*))', '{"$gt":""}'];
    for (const operator of ['eq', 'ne', 'co', 'sw', 'ew', 'gt']) {
      const skeleton = compiled(`externalId ${operator} "x"`).sql;
      for (const text of hostile) {
        const { sql, bindings } = compiled(`externalId ${operator} ${JSON.stringify(text)}`);

        expect(sql).to.equal(skeleton);
        expect(bindings).to.include(text);
      }
    }
  });

  it('has as many placeholders as bindings', () => {
    const text = `userName sw "a" and (emails[type eq "work" and not (value ew "b")] or ${ACCESS_URN}:guests ge 2) and roles.type ne "c" and active eq true`;
    for (const json of [sqliteJson, postgresJson]) {
      const { sql, bindings } = compiled(text, { ...plain, json });

      expect(sql.split('?').length - 1).to.equal(bindings.length);
    }
  });

  it('reads the attributes of an extension under its URN as the schema spells it', () => {
    expect(compiled(`${ENTERPRISE_URN.toLowerCase()}:DEPARTMENT eq "X"`)).to.deep.equal({
      sql: `coalesce(json_extract(u."match", '$."${ENTERPRISE_URN}"."department"') = ?, FALSE)`,
      bindings: ['x'],
    });
  });

  it('grows with the filter and is never multiplied out (L29)', () => {
    const groups = (count: number): string =>
      Array.from({ length: count }, () => '(title pr or title pr)')
        .join(' and ')
        .replaceAll('title', 'userName');

    expect(compiled(groups(40)).sql.length).to.be.below(4.2 * compiled(groups(10)).sql.length);
  });

  it('settles NULL below a not', () => {
    expect(compiled('not (userName eq "x")', columnTarget).sql).to.equal('NOT (coalesce((u.name_key = ?), FALSE))');
  });

  it('settles NULL for ne', () => {
    expect(compiled('userName ne "x"', columnTarget).sql).to.equal('NOT (coalesce((u.name_key = ?), FALSE))');
  });

  it('says when an index finds what is asked for', () => {
    const target = withSpecial((on, leaf) =>
      on.attribute.name === 'userName' ? compareColumn(sqliteJson, { sql: 'u.name_key', mayBeNull: true, indexed: true }, leaf) : null,
    );
    const isIndexed = (text: string) => compileFilter(resolveFilter(parseFilter(text), SAMPLE_SCHEMA), target).indexed === true;

    for (const text of ['userName eq "x"', 'active pr and userName eq "x"', '(userName eq "x") and not (active pr)']) {
      expect(isIndexed(text), text).to.equal(true);
    }
    for (const text of [
      'active pr',
      'userName co "x"',
      'userName pr',
      'userName ne "x"',
      'not (userName eq "x")',
      'userName eq "x" or active pr',
      'not (userName eq "x" and active pr)',
    ]) {
      expect(isIndexed(text), text).to.equal(false);
    }
  });

  it('leaves a column bare where an index may use it', () => {
    expect(compiled('userName eq "x" and active pr', columnTarget).sql).to.match(/^\(\(u\.name_key = \?\) AND /);
  });
});

describe('a target takes over', () => {
  it('the leaves it knows, with names and values resolved', () => {
    const seen: [string, string | undefined, PositiveLeaf][] = [];
    const target = withSpecial((on, leaf) => {
      seen.push([on.attribute.name, on.sub?.name, leaf]);
      return { sql: 'TRUE', bindings: [] };
    });

    compiled('EMAILS eq "Straße" and groups pr', target);

    expect(seen.map(([attribute, sub]) => [attribute, sub])).to.deep.equal([
      ['emails', 'value'],
      ['groups', undefined],
    ]);
    expect(seen[0]?.[2]).to.include({ kind: 'compare', operator: 'eq', value: 'strasse' });
    expect(seen[1]?.[2]).to.include({ kind: 'present' });
  });

  it('a single-valued ne as eq, and never a multi-valued ne', () => {
    const operators: string[] = [];
    const target = withSpecial((on, leaf) => {
      operators.push(`${on.attribute.name} ${leaf.kind === 'compare' ? leaf.operator : 'pr'}`);
      return null;
    });

    compiled('userName ne "x" and emails ne "x"', target);

    expect(operators).to.deep.equal(['userName eq']);
  });

  it('no leaf between brackets', () => {
    const target = withSpecial(() => ({ sql: 'special', bindings: [] }));

    expect(compiled('emails[value eq "x"]', target).sql).not.to.include('special');
  });

  it('a condition with or in it without touching its neighbours', () => {
    const target = withSpecial(() => ({ sql: 'a = ? OR b = ?', bindings: [1, 2] }));

    expect(compiled('userName pr and id pr', target)).to.deep.equal({
      sql: '((a = ? OR b = ?) AND (a = ? OR b = ?))',
      bindings: [1, 2, 1, 2],
    });
  });

  it('a list whose values are rows', () => {
    const rows: FilterTarget['rows'] = ({ attribute }) =>
      attribute.name !== 'groups'
        ? null
        : {
            from: 'group_members AS gm',
            where: 'gm.user_id = u.id',
            column: (sub) => (sub.name === 'value' ? { sql: 'gm.group_id', mayBeNull: false } : null),
          };
    const target = { ...plain, rows };

    expect(compiled('groups pr', target).sql).to.equal('EXISTS (SELECT 1 FROM group_members AS gm WHERE gm.user_id = u.id AND TRUE)');
    expect(compiled('groups eq "G1"', target)).to.deep.equal({
      sql: 'EXISTS (SELECT 1 FROM group_members AS gm WHERE gm.user_id = u.id AND gm.group_id = ?)',
      bindings: ['G1'],
    });
    expect(compiled('groups[value eq "G1" and display pr]', target).sql).to.equal(
      'EXISTS (SELECT 1 FROM group_members AS gm WHERE gm.user_id = u.id AND (gm.group_id = ? AND FALSE))',
    );
  });
});
