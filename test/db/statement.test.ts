import { expect } from 'chai';
import { numberPlaceholders } from '../../src/db/dialect.js';
import { statement } from '../../src/db/statement.js';

describe('a statement', () => {
  const ENGINES = ['sqlite', 'postgres'] as const;

  it('is compiled once per engine, in its placeholders', () => {
    let built = 0;
    const find = statement<{ id: string; kind: string }, { id: string }>('test.find', (sql, p) => {
      built += 1;
      return sql('things').where({ kind: p.kind, id: p.id }).select('id');
    });

    expect(find.compile('sqlite').sql).to.equal('select `id` from `things` where `kind` = ? and `id` = ?');
    expect(find.compile('postgres').sql).to.equal('select "id" from "things" where "kind" = $1 and "id" = $2');
    for (const engine of ENGINES) expect(find.compile(engine)).to.equal(find.compile(engine));
    expect(built).to.equal(2);
  });

  it('binds by name, whatever the order of the parameters, as often as one is used', () => {
    const find = statement<{ a: string; b: number }>('test.bind', (sql, p) =>
      sql('things').where('x', p.b).where('y', p.a).orWhere('z', p.b).update({ w: p.a }),
    );

    for (const engine of ENGINES) expect(find.compile(engine).bind({ a: 'one', b: 2 })).to.deep.equal(['one', 2, 'one', 2]);
  });

  it('keeps the constants of its text between the parameters', () => {
    const mark = statement<{ id: string }>('test.constants', (sql, p) =>
      sql('things').where({ flag: 0, id: p.id }).update({ flag: 1, note: null }),
    );

    for (const engine of ENGINES) expect(mark.compile(engine).bind({ id: 'x' })).to.deep.equal([1, null, 0, 'x']);
  });

  it('binds null, an empty text, zero, and a text that looks like a mark of ours', () => {
    const put = statement<{ a: string | null; b: string; c: number; d: string }>('test.values', (sql, p) =>
      sql('things').insert({ a: p.a, b: p.b, c: p.c, d: p.d }),
    );

    for (const engine of ENGINES) {
      expect(put.compile(engine).bind({ a: null, b: '', c: 0, d: '\u0000param:a' })).to.deep.equal([null, '', 0, '\u0000param:a']);
    }
  });

  it('says which parameter is missing instead of binding nothing', () => {
    const find = statement<{ id?: string }>('test.missing', (sql, p) => sql('things').where('id', p.id).select('id'));

    for (const engine of ENGINES) {
      expect(() => find.compile(engine).bind({})).to.throw(TypeError, 'statement parameter id is missing');
      expect(() => find.compile(engine).bind({ id: undefined })).to.throw(TypeError, 'id');
    }
  });

  it('takes a list as one parameter', () => {
    const find = statement<{ ids: string; kind: string }>('test.list', (sql, p, dialect) =>
      sql('things').whereRaw(dialect.inList('id'), [p.ids]).where('kind', p.kind).select('id'),
    );

    expect(find.compile('sqlite').sql).to.equal('select `id` from `things` where id in (select value from json_each(?)) and `kind` = ?');
    expect(find.compile('postgres').sql).to.equal(
      'select "id" from "things" where id in (select jsonb_array_elements_text($1::jsonb)) and "kind" = $2',
    );
    for (const engine of ENGINES) expect(find.compile(engine).bind({ kind: 'k', ids: '["a"]' })).to.deep.equal(['["a"]', 'k']);
  });

  it('of raw SQL numbers its placeholders too', () => {
    const find = statement<{ a: string; b: string }>('test.raw', (sql, p) => sql.raw('select ? union select ?', [p.b, p.a]));

    expect(find.compile('postgres').sql).to.equal('select $1 union select $2');
    expect(numberPlaceholders('? ? ?')).to.equal('$1 $2 $3');
  });
});
