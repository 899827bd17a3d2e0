import Database from 'better-sqlite3';
import { expect } from 'chai';
import type { Fragment } from '../../src/db/json-sql.js';
import { postgresJson, sqliteJson } from '../../src/db/json-sql.js';
import { ENTERPRISE_URN } from '../../src/domain/scim.js';

const DOCUMENT = {
  name: { familyName: 'Ödön' },
  active: true,
  off: false,
  guests: 2.5,
  nothing: null,
  empty: {},
  none: [],
  tags: ['a', '{"x":1}', '%'],
  emails: [{ value: 'a@x', primary: true }, { value: 'b@x' }],
  [ENTERPRISE_URN]: { department: 'Tour.Ops' },
};

describe('json in SQLite', () => {
  const database = new Database(':memory:');
  after(() => database.close());
  const read = ({ sql, bindings }: Fragment): unknown =>
    database
      .prepare(`SELECT ${sql} FROM (SELECT ? AS doc)`)
      .pluck()
      .get(...bindings, JSON.stringify(DOCUMENT));
  const expression = (sql: string): unknown => read({ sql, bindings: [] });

  const expressions: readonly (readonly [string, string, unknown])[] = [
    ['reads a text', sqliteJson.text('doc', ['name', 'familyName']), 'Ödön'],
    ['reads below a URN with dots and colons', sqliteJson.text('doc', [ENTERPRISE_URN, 'department']), 'Tour.Ops'],
    ['reads a number', sqliteJson.number('doc', ['guests']), 2.5],
    ['knows true', sqliteJson.isBoolean('doc', ['active'], true), 1],
    ['knows false', sqliteJson.isBoolean('doc', ['off'], false), 1],
    ['tells true from false', sqliteJson.isBoolean('doc', ['active'], false), 0],
    ['gives NULL for no boolean', sqliteJson.isBoolean('doc', ['absent'], false), null],
    ['gives NULL for an absent text', sqliteJson.text('doc', ['name', 'absent']), null],
    ['gives NULL for null', sqliteJson.text('doc', ['nothing']), null],
    ['sees a value', sqliteJson.exists('doc', ['guests'], 'value'), 1],
    ['sees no value in null', sqliteJson.exists('doc', ['nothing'], 'value'), 0],
    ['sees an object', sqliteJson.exists('doc', ['name'], 'object'), 1],
    ['sees nothing in an empty object', sqliteJson.exists('doc', ['empty'], 'object'), 0],
    ['sees no object where there is none', sqliteJson.exists('doc', ['absent'], 'object'), 0],
    ['sees an array', sqliteJson.exists('doc', ['emails'], 'array'), 1],
    ['sees nothing in an empty array', sqliteJson.exists('doc', ['none'], 'array'), 0],
    ['sees no array in null', sqliteJson.exists('doc', ['nothing'], 'array'), 0],
    ['sees no array where there is none', sqliteJson.exists('doc', ['absent'], 'array'), 0],
    [
      'finds an element that is a text',
      sqliteJson.anyElement('doc', ['tags'], 'e', `${sqliteJson.text(sqliteJson.elementSource('e'), [])} = '%'`),
      1,
    ],
    [
      'finds an element by its member',
      sqliteJson.anyElement('doc', ['emails'], 'e', `${sqliteJson.text(sqliteJson.elementSource('e'), ['value'])} = 'b@x'`),
      1,
    ],
    ['finds no element in null', sqliteJson.anyElement('doc', ['nothing'], 'e', 'TRUE OR TRUE'), 0],
    ['finds no element where there is nothing', sqliteJson.anyElement('doc', ['absent'], 'e', 'TRUE'), 0],
  ];
  for (const [label, sql, expected] of expressions) it(label, () => expect(expression(sql)).to.equal(expected));

  const family = sqliteJson.text('doc', ['name', 'familyName']);
  const parts: readonly (readonly [string, Fragment, number])[] = [
    ['finds a part', sqliteJson.contains(family, 'dö'), 1],
    ['finds the empty part', sqliteJson.contains(family, ''), 1],
    ['takes % for itself', sqliteJson.contains(family, '%'), 0],
    ['finds a start, counted in characters', sqliteJson.startsWith(family, 'Öd'), 1],
    ['finds the empty start', sqliteJson.startsWith(family, ''), 1],
    ['does not take _ for any start', sqliteJson.startsWith(family, '_'), 0],
    ['finds an end, counted in characters', sqliteJson.endsWith(family, 'ön'), 1],
    ['finds the empty end', sqliteJson.endsWith(family, ''), 1],
    ['finds no end that is longer than the text', sqliteJson.endsWith(family, 'xxÖdön'), 0],
  ];
  for (const [label, fragment, expected] of parts) it(label, () => expect(read(fragment)).to.equal(expected));
});

describe('json in SQL', () => {
  it('never has a question mark of its own', () => {
    const keys = [ENTERPRISE_URN, 'manager'];
    for (const json of [sqliteJson, postgresJson]) {
      const texts = [json.text('d', keys), json.number('d', keys), json.isBoolean('d', keys, true), json.exists('d', keys, 'array')];
      const all = [...texts, json.exists('d', keys, 'object'), json.anyElement('d', keys, 'e', 'TRUE')].join(' ');

      expect(all).not.to.include('?');
    }
  });

  it('refuses keys that no schema has', () => {
    for (const key of ['a"b', "a'b", 'a?', '', 'a b', 'a\\', '*']) {
      expect(() => sqliteJson.text('d', [key]), key).to.throw(RangeError);
      expect(() => postgresJson.text('d', [key]), key).to.throw(RangeError);
    }
  });

  it('orders text by code point on both engines', () => {
    expect(sqliteJson.codePoints('x')).to.equal('x COLLATE BINARY');
    expect(postgresJson.codePoints('x')).to.equal('x COLLATE "C"');
  });

  it('reads PostgreSQL documents with operators that have no placeholder in them', () => {
    expect(postgresJson.text('u."match"', [ENTERPRISE_URN, 'department'])).to.equal(
      `((u."match" -> '${ENTERPRISE_URN}' -> 'department') #>> '{}')`,
    );
  });

  it('binds the length and the text of a start', () => {
    expect(postgresJson.startsWith('x', 'a😀')).to.deep.equal({ sql: 'left(x, ?) = ?', bindings: [2, 'a😀'] });
    expect(postgresJson.endsWith('x', 'a😀')).to.deep.equal({ sql: 'right(x, ?) = ?', bindings: [2, 'a😀'] });
  });
});
