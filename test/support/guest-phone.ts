import { expect } from 'chai';

interface DoorShown {
  readonly name: string;
  readonly site: string;
}

/** A guest with the page behind their Magic Link: asks what its script asks. */
export class GuestPhone {
  /** Names of the doors that the page shows. */
  readonly doors: readonly string[];
  /** Names of the sites that these are at. */
  readonly sites: readonly string[];
  readonly #page: string;
  readonly #session: string;

  constructor(page: string, session: string, doors: readonly DoorShown[]) {
    this.#page = page;
    this.#session = session;
    this.doors = doors.map(({ name }) => name);
    this.sites = [...new Set(doors.map(({ site }) => site))];
  }

  /** null: the link opens nothing, with the one text that says so. */
  static async open(link: string): Promise<GuestPhone | null> {
    const [page = '', secret = ''] = link.split('#');
    expect((await fetch(page)).status).to.equal(200);
    const answer = await post(`${page}/session`, { secret });
    if (answer.status === 403) {
      expect(await answer.json()).to.include({ detail: 'This link opens nothing at the moment.' });
      return null;
    }
    expect(answer.status).to.equal(200);
    const { session, doors } = (await answer.json()) as { session: string; doors: DoorShown[] };
    return new GuestPhone(page, session, doors);
  }

  /** What became of it: `opened granted`, `denied after_window`, or the status of a refusal. */
  async press(doorId: string): Promise<string> {
    const answer = await post(`${this.#page}/doors/${doorId}/open`, {}, this.#session);
    const { result, reason } = (await answer.json()) as { result: string; reason: string };
    return answer.status === 200 ? `${result} ${reason}` : String(answer.status);
  }
}

function post(url: string, body: object, session?: string): Promise<Response> {
  const headers = { 'content-type': 'application/json', ...(session === undefined ? {} : { authorization: `Bearer ${session}` }) };
  return fetch(url, { method: 'POST', headers, body: JSON.stringify(body) });
}
