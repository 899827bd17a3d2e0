/** Row numbers seen in a read: a bit each, so that a directory of a million costs 128 KiB. */
export class Seen {
  #bits = new Uint8Array(1024);
  #count = 0;

  add(seq: number): void {
    const byte = Math.floor(seq / 8);
    if (byte >= this.#bits.length) {
      const larger = new Uint8Array(Math.max(byte + 1, this.#bits.length * 2));
      larger.set(this.#bits);
      this.#bits = larger;
    }
    if (this.has(seq)) return;
    this.#bits[byte] = (this.#bits[byte] ?? 0) | (1 << (seq % 8));
    this.#count += 1;
  }

  has(seq: number): boolean {
    return ((this.#bits[Math.floor(seq / 8)] ?? 0) & (1 << (seq % 8))) !== 0;
  }

  /** How many different ones. */
  get size(): number {
    return this.#count;
  }
}
