export type Engine = 'sqlite' | 'postgres';

/** The places where the two engines differ in what a hot statement says. JSON paths: `json-sql.ts`. */
export interface Dialect {
  readonly engine: Engine;
  /** `column in (…)` over a parameter that holds a JSON array of strings, so that one text serves any number of them. */
  inList(column: string): string;
  /** `column in (select …)`, by the index of the column however many rows the planner expects of the `select`. */
  inRows(column: string, select: string): string;
  /** Ends a `select` inside another statement: its rows are locked in its order, so that two who lock many never wait for each other. */
  readonly lockRows: string;
  /** Ends a `select`: its rows are locked, and those that somebody else has locked are passed over. */
  readonly lockFreeRows: string;
}

const sqlite: Dialect = {
  engine: 'sqlite',
  inList: (column) => `${column} in (select value from json_each(?))`,
  inRows: (column, select) => `${column} in (${select})`,
  lockRows: '',
  lockFreeRows: '',
};

const postgres: Dialect = {
  engine: 'postgres',
  inList: (column) => `${column} in (select jsonb_array_elements_text(?::jsonb))`,
  inRows: (column, select) => `${column} = any(array(${select}))`,
  lockRows: 'for no key update',
  lockFreeRows: 'for update skip locked',
};

export function dialectOf(engine: Engine): Dialect {
  return engine === 'sqlite' ? sqlite : postgres;
}

/** `?` placeholders to PostgreSQL's `$1`. Our texts hold no question mark elsewhere: the jsonb operators with one are not used. */
export function numberPlaceholders(sql: string): string {
  let count = 0;
  return sql.replace(/\?/g, () => `$${++count}`);
}
