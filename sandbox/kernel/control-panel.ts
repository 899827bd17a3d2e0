export interface Choice {
  readonly value: string;
  readonly label: string;
}

/** One thing that an action has to be told. */
export interface ControlField {
  readonly name: string;
  readonly label: string;
  readonly type?: 'text' | 'email' | 'number' | 'date' | 'datetime-local';
  /** What stands in the field at first. */
  readonly value?: () => string;
  /** One of these; asked anew for each page. */
  readonly choices?: () => readonly Choice[];
}

/** Something that can be done to a simulated system: `POST /_control/<name>`. */
export interface ControlAction {
  readonly name: string;
  /** The words on its button. Without them it is not on the page, only for programs: a form cannot hold what it takes. */
  readonly label?: string;
  readonly fields?: readonly ControlField[];
  /** What was made or changed, if anything. Throws an Error with words for whoever asked. */
  readonly run: (given: Given) => unknown;
}

/** Records in short. */
export interface ControlTable {
  readonly title: string;
  readonly head: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

/** Everything that the control page of one simulated system shows and does. */
export interface ControlPanel {
  readonly title: string;
  readonly actions: readonly ControlAction[];
  readonly tables: () => readonly ControlTable[];
  /** Resolves once the messages that an action sets off have gone out. */
  readonly settled?: () => Promise<unknown>;
}

/** What came with a request for an action: from a form all texts, from JSON anything. */
export class Given {
  readonly #values: ReadonlyMap<string, unknown>;

  constructor(values: ReadonlyMap<string, unknown>) {
    this.#values = values;
  }

  value(name: string): unknown {
    return this.#values.get(name);
  }

  /** Empty when it was not given. */
  text(name: string): string {
    return String(this.#values.get(name) ?? '');
  }

  /** @throws Error when it is empty or was not given */
  needed(name: string): string {
    const text = this.text(name);
    if (text === '') throw new Error(`${name} must be given`);
    return text;
  }

  /** @throws Error when it is no number */
  number(name: string): number {
    const text = this.text(name);
    const number = Number(text);
    if (text.trim() === '' || !Number.isFinite(number)) throw new Error(`${name} must be a number`);
    return number;
  }
}

/** What became of the last action, for the page. */
export interface Outcome {
  readonly label: string;
  readonly ok: boolean;
  readonly text: string;
}
