import { listing, listingsPage } from './client.js';
import type { GuestyContext } from './context.js';
import { pagesOf } from './pages.js';
import type { GuestyListing } from './schema.js';
import { parentIdOf } from './to-scim.js';

/** The listings of one read. */
export class Listings {
  readonly #context: GuestyContext;
  /** null: Guesty says that it has none of this id. */
  readonly #known = new Map<string, GuestyListing | null>();

  constructor(context: GuestyContext) {
    this.#context = context;
  }

  /**
   * Reads the list. Inactive ones too: guests who have booked them still come. What leaving `active` out means is not
   * certain, so both are asked for.
   *
   * @returns the ids, sorted
   */
  async all(): Promise<readonly string[]> {
    for (const active of [true, false]) {
      for await (const { items } of pagesOf((skip) => listingsPage(this.#context, { active, skip }))) {
        for (const item of items) this.#known.set(item._id, item);
      }
    }
    const ids = [...this.#known.keys()];
    return [...ids, ...(await this.need(ids))].sort();
  }

  /**
   * Makes sure that these and their parents are known. The list leaves some out that reservations still name.
   *
   * @returns the ids of those that came in only now
   */
  async need(ids: readonly string[]): Promise<readonly string[]> {
    const asked = await this.#fetch(ids);
    const parents = ids.flatMap((id) => this.#parentId(id) ?? []);
    return [...asked, ...(await this.#fetch(parents))];
  }

  get(id: string): { readonly listing: GuestyListing | null; readonly parent: GuestyListing | null } {
    const found = this.#known.get(id) ?? null;
    return { listing: found, parent: this.#known.get(this.#parentId(id) ?? '') ?? null };
  }

  #parentId(id: string): string | null {
    const found = this.#known.get(id) ?? null;
    return found === null ? null : parentIdOf(found);
  }

  async #fetch(ids: readonly string[]): Promise<readonly string[]> {
    const found: string[] = [];
    for (const id of new Set(ids)) {
      if (this.#known.has(id)) continue;
      const answer = await listing(this.#context, id);
      this.#known.set(id, answer);
      if (answer !== null) found.push(id);
    }
    return found;
  }
}
