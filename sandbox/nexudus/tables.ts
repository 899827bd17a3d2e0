import type { SandboxClock } from '../kernel/clock.js';
import { type Common, DEFAULTS, type EntityName, type RecordOf } from './records.js';

/** Ids are numbers above 2^30, counted over all kinds together. */
const FIRST_ID = 1_500_000_001;

/** The records, each kind in a table of its own. */
export class Tables {
  readonly #clock: SandboxClock;
  readonly #tables = new Map<EntityName, Map<number, Common>>();
  #nextId = FIRST_ID;
  #ticks = 0;

  constructor(clock: SandboxClock) {
    this.#clock = clock;
  }

  /** In the order of their ids. */
  all<Name extends EntityName>(name: Name): RecordOf<Name>[] {
    return [...this.#table(name).values()].sort((a, b) => a.Id - b.Id);
  }

  find<Name extends EntityName>(name: Name, id: number): RecordOf<Name> | undefined {
    return this.#table(name).get(id);
  }

  get<Name extends EntityName>(name: Name, id: number): RecordOf<Name> {
    const record = this.find(name, id);
    if (record === undefined) throw new Error(`no ${name} ${id}`);
    return record;
  }

  insert<Name extends EntityName>(name: Name, given: Partial<RecordOf<Name>>): RecordOf<Name> {
    const at = this.stamp();
    const id = given.Id ?? this.#nextId++;
    const common: Common = {
      Id: id,
      UniqueId: `00000000-0000-4000-8000-${String(id).padStart(12, '0')}`,
      CreatedOn: at,
      UpdatedOn: at,
      UpdatedBy: 'admin@example.test',
      IsNew: false,
      SystemId: null,
      ToStringText: `${name} ${id}`,
      LocalizationDetails: null,
      CustomFields: null,
    };
    const record = { ...common, ...DEFAULTS[name], ...given };
    this.#table(name).set(id, record);
    return record;
  }

  /** Only what is given changes, and `UpdatedOn`. */
  update<Name extends EntityName>(name: Name, id: number, given: Partial<RecordOf<Name>>): RecordOf<Name> {
    const record = { ...this.get(name, id), ...given, Id: id, UpdatedOn: this.stamp() };
    this.#table(name).set(id, record);
    return record;
  }

  /** Without a trace. */
  remove<Name extends EntityName>(name: Name, id: number): RecordOf<Name> {
    const record = this.get(name, id);
    this.#table(name).delete(id);
    return record;
  }

  /** Now, with seven digits of fraction, each later than the one before. */
  stamp(): string {
    this.#ticks = (this.#ticks + 1) % 10_000;
    return `${new Date(this.#clock.now()).toISOString().slice(0, -1)}${String(this.#ticks).padStart(4, '0')}Z`;
  }

  /** The table of a kind holds records of that kind only, because nothing but `insert` and `update` puts them there. */
  #table<Name extends EntityName>(name: Name): Map<number, RecordOf<Name>> {
    const known = this.#tables.get(name) ?? new Map<number, Common>();
    this.#tables.set(name, known);
    return known as Map<number, RecordOf<Name>>;
  }
}
