// The types of playwright-core name these; the library that declares them would put a browser's globals within reach of the server.
interface Node {
  readonly nodeType: number;
}
interface HTMLElement extends Node {
  readonly tagName: string;
}
interface SVGElement extends Node {
  readonly tagName: string;
}
interface HTMLElementTagNameMap {
  readonly [name: string]: HTMLElement;
}
