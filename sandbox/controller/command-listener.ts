import { setTimeout as pause } from 'node:timers/promises';
import { type Line, LineDown } from './line.js';

export interface OpenCommand {
  readonly id: string;
  readonly doorId: string;
  readonly memberId: string | null;
  readonly expiresAt: string;
}

const RETRY_MS = 100;

/** Listens for commands and connects anew whenever the stream ends. */
export class CommandListener {
  readonly #line: Line;
  readonly #onCommand: (command: OpenCommand) => void;
  #lastId: string | null = null;
  #stopped = false;
  /** Streams that were opened; a new one for each connection. */
  connections = 0;

  constructor(line: Line, onCommand: (command: OpenCommand) => void) {
    this.#line = line;
    this.#onCommand = onCommand;
  }

  async run(): Promise<void> {
    while (!this.#stopped) {
      try {
        await this.#once();
      } catch (error) {
        if (!(error instanceof LineDown) && !(error instanceof Error && error.name === 'AbortError') && !(error instanceof TypeError))
          throw error;
      }
      if (!this.#stopped) await pause(RETRY_MS);
    }
  }

  stop(): void {
    this.#stopped = true;
  }

  async #once(): Promise<void> {
    let text = '';
    const headers: Record<string, string> = this.#lastId === null ? {} : { 'last-event-id': this.#lastId };
    let isFirst = true;
    for await (const piece of this.#line.listen('/commands', headers)) {
      if (isFirst) this.connections += 1;
      isFirst = false;
      text += piece;
      for (let end = text.indexOf('\n\n'); end >= 0; end = text.indexOf('\n\n')) {
        this.#take(text.slice(0, end));
        text = text.slice(end + 2);
      }
    }
  }

  /** @see https://html.spec.whatwg.org/multipage/server-sent-events.html#event-stream-interpretation */
  #take(block: string): void {
    const fields = new Map(
      block
        .split('\n')
        .filter((line) => !line.startsWith(':'))
        .map((line) => [line.slice(0, line.indexOf(':')), line.slice(line.indexOf(':') + 1).trimStart()]),
    );
    const data = fields.get('data');
    if (data === undefined || fields.get('event') !== 'open') return;
    this.#lastId = fields.get('id') ?? this.#lastId;
    this.#onCommand(JSON.parse(data) as OpenCommand);
  }
}
