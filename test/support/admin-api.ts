/** An answer of the admin API, whatever it is; a body that is no JSON is undefined. */
export interface Answer<Body> {
  readonly status: number;
  readonly body: Body;
}

/** A refusal, as far as tests look at it. */
export interface Problem {
  readonly status: number;
  readonly detail: string;
}

/** The admin API of a running server, over the network. */
export class AdminApi {
  readonly #baseUrl: string;
  readonly #token: string;

  constructor(serverUrl: string, token: string) {
    this.#baseUrl = `${serverUrl}/api/v1`;
    this.#token = token;
  }

  async send<Body = Problem>(method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE', path: string, body?: object): Promise<Answer<Body>> {
    const response = await fetch(`${this.#baseUrl}${path}`, {
      method,
      headers: { authorization: `Bearer ${this.#token}`, ...(body === undefined ? {} : { 'content-type': 'application/json' }) },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    return { status: response.status, body: (text === '' ? undefined : JSON.parse(text)) as Body };
  }

  /** The body of an answer that has to be a good one. */
  async take<Body>(method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE', path: string, body?: object): Promise<Body> {
    const answer = await this.send<Body>(method, path, body);
    if (answer.status >= 300) throw new Error(`${method} ${path}: ${answer.status} ${JSON.stringify(answer.body)}`);
    return answer.body;
  }

  get<Body>(path: string): Promise<Body> {
    return this.take<Body>('GET', path);
  }

  /** All pages of a list. */
  async all<Row>(path: string): Promise<Row[]> {
    const rows: Row[] = [];
    const separator = path.includes('?') ? '&' : '?';
    for (let cursor: string | null = ''; cursor !== null; ) {
      const page: { readonly data: readonly Row[]; readonly nextCursor: string | null } = await this.get(
        `${path}${separator}limit=100${cursor === '' ? '' : `&cursor=${encodeURIComponent(cursor)}`}`,
      );
      rows.push(...page.data);
      cursor = page.nextCursor;
    }
    return rows;
  }
}

/** Far below what a token may ask in a second, however fast the machine is. */
const LOOK_EVERY_MS = 20;

/** Waits until the API says so; the test's time limit ends it otherwise. */
export async function untilApiSays(isSo: () => Promise<boolean>): Promise<void> {
  while (!(await isSo())) await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS));
}
