/** The line is cut, or nobody answers at the other end. */
export class LineDown extends Error {}

const PATIENCE_MS = 3_000;

/** What connects a controller with its server, and can be cut. */
export class Line {
  readonly #base: string;
  readonly #token: string;
  #isCut = false;
  #open = new Set<AbortController>();

  constructor(serverUrl: string, token: string) {
    this.#base = `${serverUrl}/door/v1`;
    this.#token = token;
  }

  get isCut(): boolean {
    return this.#isCut;
  }

  /** Nothing gets through from now on; what is on its way is lost. */
  cut(): void {
    this.#isCut = true;
    for (const controller of this.#open) controller.abort();
  }

  restore(): void {
    this.#isCut = false;
  }

  /** Errors: `LineDown` when nothing comes back, or only that the server is busy or broken; others say what was refused. */
  async ask<Answer>(method: 'GET' | 'POST', path: string, body?: object): Promise<Answer> {
    const response = await this.#send(method, path, { ...(body === undefined ? {} : { body }), patienceMs: PATIENCE_MS });
    const text = await response.text().catch((cause: unknown) => {
      throw new LineDown('the answer broke off', { cause });
    });
    if (response.status >= 500 || response.status === 429) throw new LineDown(`the server answered ${response.status}`);
    if (!response.ok) throw new Error(`${method} ${path} was answered ${response.status}: ${text}`);
    return JSON.parse(text) as Answer;
  }

  /** An answer that goes on, in pieces, until the line or the server ends it. Errors: `LineDown`. */
  async *listen(path: string, headers: Readonly<Record<string, string>>): AsyncGenerator<string> {
    const response = await this.#send('GET', path, { headers });
    if (!response.ok || response.body === null) throw new LineDown(`the server answered ${response.status}`);
    const decoder = new TextDecoder();
    for await (const chunk of response.body) yield decoder.decode(chunk as Uint8Array, { stream: true });
  }

  async #send(
    method: string,
    path: string,
    more: { readonly body?: object; readonly headers?: Readonly<Record<string, string>>; readonly patienceMs?: number },
  ): Promise<Response> {
    if (this.#isCut) throw new LineDown('the line is cut');
    const controller = new AbortController();
    this.#open.add(controller);
    const patience = more.patienceMs === undefined ? undefined : setTimeout(() => controller.abort(), more.patienceMs);
    try {
      return await fetch(`${this.#base}${path}`, {
        method,
        headers: { authorization: `Bearer ${this.#token}`, 'content-type': 'application/json', ...more.headers },
        signal: controller.signal,
        ...(more.body === undefined ? {} : { body: JSON.stringify(more.body) }),
      });
    } catch (cause) {
      throw new LineDown('nothing came back', { cause });
    } finally {
      clearTimeout(patience);
      // A stream goes on and must end with the line; any other answer is about to be read.
      if (more.patienceMs !== undefined) this.#open.delete(controller);
    }
  }
}
