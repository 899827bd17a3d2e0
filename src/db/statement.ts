import knexPkg, { type Knex } from 'knex';
import { type Dialect, dialectOf, type Engine } from './dialect.js';

const { knex } = knexPkg;

export type SqlValue = string | number | null;

/**
 * A hot statement: written once with knex's builder, compiled once per engine, then run prepared.
 * Building it anew would cost several times its execution (docs/decisions/0002-database.md).
 */
export interface Statement<Params extends object, Row> {
  readonly name: string;
  compile(engine: Engine): CompiledStatement;
  /** Never set: carries the types of parameters and rows. */
  readonly types?: { readonly params: Params; readonly row: Row };
}

export interface CompiledStatement {
  readonly sql: string;
  bind(params: object): SqlValue[];
}

type Placeholders<Params> = { readonly [Name in keyof Params]-?: string };
type Build<Params> = (sql: Knex, param: Placeholders<Params>, dialect: Dialect) => Knex.QueryBuilder | Knex.Raw;

// A parameter stands in the builder as this text and its name; no value of ours can begin with it.
const MARK = '\u0000param:';

const builders: Record<Engine, Knex> = {
  sqlite: knex({ client: 'better-sqlite3', useNullAsDefault: true }),
  postgres: knex({ client: 'pg' }),
};

/**
 * Declares a hot statement. `build` gets a placeholder per parameter: `param.id` stands for the value of `id`.
 * Lists travel as JSON text through `dialect.inList`. Names are unique: they name the prepared statement on the server.
 */
export function statement<Params extends object, Row = never>(name: string, build: Build<Params>): Statement<Params, Row> {
  const compiled = new Map<Engine, CompiledStatement>();
  return {
    name,
    compile(engine) {
      const known = compiled.get(engine);
      if (known !== undefined) return known;
      const made = compile(build, engine);
      compiled.set(engine, made);
      return made;
    },
  };
}

function compile<Params extends object>(build: Build<Params>, engine: Engine): CompiledStatement {
  const placeholders = new Proxy({} as Placeholders<Params>, { get: (_, name) => MARK + String(name) });
  const native = build(builders[engine], placeholders, dialectOf(engine)).toSQL().toNative();
  const bindings = native.bindings.map((value) =>
    typeof value === 'string' && value.startsWith(MARK) ? { name: value.slice(MARK.length) } : { value: value as SqlValue },
  );
  return {
    sql: native.sql,
    bind(params) {
      const values = params as Readonly<Record<string, SqlValue | undefined>>;
      return bindings.map((binding) => {
        if (binding.name === undefined) return binding.value;
        const value = values[binding.name];
        if (value === undefined) throw new TypeError(`statement parameter ${binding.name} is missing`);
        return value;
      });
    },
  };
}
