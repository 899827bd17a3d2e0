/** A command as its stream says it. */
export interface StreamedCommand {
  /** What `Last-Event-ID` would be. */
  readonly seq: string;
  readonly id: string;
  readonly doorId: string;
  readonly memberId: string | null;
}

/** A connection to `GET /door/v1/commands`, read to its end in the background. */
export class CommandStream {
  /** Everything that came, comments included. */
  text = '';
  hasEnded = false;
  readonly #abort = new AbortController();
  #ended: Promise<void> = Promise.resolve();

  /** Returns once the server has said that it is there. */
  static async open(serverUrl: string, token: string, lastEventId?: string): Promise<CommandStream> {
    const stream = new CommandStream();
    const headers = { authorization: `Bearer ${token}`, ...(lastEventId === undefined ? {} : { 'last-event-id': lastEventId }) };
    const response = await fetch(`${serverUrl}/door/v1/commands`, { headers, signal: stream.#abort.signal });
    if (response.status !== 200 || response.body === null) throw new Error(`GET /commands: ${response.status}`);
    stream.#ended = stream.#read(response.body);
    await stream.until(() => stream.text.includes(': connected'));
    return stream;
  }

  get commands(): StreamedCommand[] {
    return [...this.text.matchAll(/^id: (\d+)\nevent: open\ndata: (.*)$/gm)].map(([, seq = '', data = '']) => {
      return { seq, ...(JSON.parse(data) as Omit<StreamedCommand, 'seq'>) };
    });
  }

  get ids(): string[] {
    return this.commands.map(({ id }) => id);
  }

  /** Waits for what must come; the time of the test is the limit. */
  async until(holds: () => boolean): Promise<void> {
    while (!holds()) await new Promise((resolve) => setTimeout(resolve, 5));
  }

  async close(): Promise<void> {
    this.#abort.abort();
    await this.#ended;
  }

  async #read(body: ReadableStream<Uint8Array>): Promise<void> {
    const decoder = new TextDecoder();
    try {
      for await (const chunk of body) this.text += decoder.decode(chunk, { stream: true });
      this.hasEnded = true;
    } catch (error) {
      if (!this.#abort.signal.aborted) throw error;
    }
  }
}
