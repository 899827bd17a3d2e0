/**
 * Nodes in an order in which each comes behind all that it needs; those that need each other in a circle come together,
 * as one component. Otherwise the order of `nodes` is kept. Tarjan's algorithm without recursion, linear in nodes and needs.
 *
 * `needsOf` may name nodes that are not in `nodes`; those are passed over.
 */
export function components(nodes: readonly number[], needsOf: (node: number) => readonly number[]): number[][] {
  const search = new Search(new Set(nodes), needsOf);
  for (const node of nodes) search.from(node);
  return search.found;
}

interface Visit {
  readonly node: number;
  readonly needs: readonly number[];
  next: number;
}

class Search {
  readonly found: number[][] = [];
  readonly #nodes: ReadonlySet<number>;
  readonly #needsOf: (node: number) => readonly number[];
  /** When a node was first seen. */
  readonly #seen = new Map<number, number>();
  /** The earliest node of the stack that can be reached. */
  readonly #low = new Map<number, number>();
  readonly #stack: number[] = [];
  readonly #onStack = new Set<number>();

  constructor(nodes: ReadonlySet<number>, needsOf: (node: number) => readonly number[]) {
    this.#nodes = nodes;
    this.#needsOf = needsOf;
  }

  from(root: number): void {
    if (this.#seen.has(root)) return;
    const visits = [this.#enter(root)];
    for (let visit = visits.at(-1); visit !== undefined; visit = visits.at(-1)) {
      const need = visit.needs[visit.next];
      visit.next += 1;
      if (need === undefined) {
        visits.pop();
        this.#leave(visit.node, visits.at(-1)?.node);
      } else if (!this.#nodes.has(need)) continue;
      else if (!this.#seen.has(need)) visits.push(this.#enter(need));
      else if (this.#onStack.has(need)) this.#lower(visit.node, this.#seen.get(need) ?? 0);
    }
  }

  #enter(node: number): Visit {
    const at = this.#seen.size;
    this.#seen.set(node, at);
    this.#low.set(node, at);
    this.#stack.push(node);
    this.#onStack.add(node);
    return { node, needs: this.#needsOf(node), next: 0 };
  }

  #leave(node: number, parent: number | undefined): void {
    const low = this.#low.get(node) ?? 0;
    if (parent !== undefined) this.#lower(parent, low);
    if (low !== this.#seen.get(node)) return;
    const component = this.#stack.splice(this.#stack.lastIndexOf(node));
    for (const member of component) this.#onStack.delete(member);
    this.found.push(component);
  }

  #lower(node: number, to: number): void {
    this.#low.set(node, Math.min(this.#low.get(node) ?? to, to));
  }
}
