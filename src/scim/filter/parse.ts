import type { AttributePath, ComparisonOperator, Filter, Literal } from './ast.js';
import { COMPARISON_OPERATORS } from './ast.js';
import type { Refusal } from './errors.js';
import { InvalidFilter, InvalidPath } from './errors.js';
import { nextToken, type Token } from './lexer.js';
import { isAttributeName, splitName } from './names.js';

/** UTF-16 units. The longest filter of any known client has about 300. */
export const FILTER_LENGTH_MAX = 4096;
/** Parentheses and brackets inside each other. */
export const FILTER_DEPTH_MAX = 32;
/** Comparisons and `pr` together. */
export const FILTER_COMPARISONS_MAX = 100;

export interface ParseOptions {
  /** Take a value without quotes as a string, as Microsoft's samples write it; false: the ABNF as it stands. */
  readonly bareValues: boolean;
}

const STRICT: ParseOptions = { bareValues: false };
const OPERATORS: ReadonlyMap<string, ComparisonOperator> = new Map(COMPARISON_OPERATORS.map((operator) => [operator, operator]));
const CONSTANTS: ReadonlyMap<string, Literal> = new Map<string, Literal>([
  ['true', true],
  ['false', false],
  ['null', null],
]);
const KEYWORDS = new Set(['and', 'or', 'not']);
/** No two parts can match the same characters, so this cannot backtrack. @see RFC 8259 section 6 */
const NUMBER = /^-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?$/;
/** A bare value is printable and has no backslash: nobody can mean an escape outside quotes. */
const NOT_BARE = /[\p{Control}\p{Surrogate}\\]/u;

/**
 * Reads a filter. One pass, no backtracking: time grows with the length alone.
 *
 * @throws InvalidFilter reason `syntax` or `limit`
 * @see RFC 7644 section 3.4.2.2
 */
export function parseFilter(text: string, options: ParseOptions = STRICT): Filter {
  const parser = new Parser(text, options, InvalidFilter);
  return parser.wholeFilter();
}

/**
 * Reads the path of a PATCH operation: `members`, `name.familyName`, `emails[type eq "work"].value`, any of them
 * behind a URN, or the URN of a schema alone.
 *
 * @throws InvalidPath for the path, InvalidFilter for what stands between its brackets
 * @see RFC 7644 section 3.5.2 (PATH = attrPath / valuePath [subAttr])
 */
export function parsePath(text: string, options: ParseOptions = STRICT): AttributePath {
  const parser = new Parser(text, options, InvalidPath);
  return parser.wholePath();
}

class Parser {
  readonly #text: string;
  readonly #bareValues: boolean;
  /** What a mistake at this place is called. */
  #Problem: Refusal;
  #token: Token;
  #depth = 0;
  #comparisons = 0;
  #insideValuePath = false;

  constructor(text: string, options: ParseOptions, Problem: Refusal) {
    if (text.length > FILTER_LENGTH_MAX) throw new Problem('limit', `longer than ${FILTER_LENGTH_MAX} characters`, FILTER_LENGTH_MAX);
    this.#text = text;
    this.#bareValues = options.bareValues;
    this.#Problem = Problem;
    this.#token = nextToken(text, 0, Problem);
  }

  wholeFilter(): Filter {
    if (this.#is('end')) throw this.#wrong('it is empty');
    const filter = this.#disjunction();
    this.#expectEnd();
    return filter;
  }

  wholePath(): AttributePath {
    if (this.#is('end')) throw this.#wrong('it is empty');
    const name = this.#name();
    let path = name.path;
    if (this.#startsBrackets(name.end)) {
      const { filter, end } = this.#brackets(path);
      path = { ...path, filter, sub: this.#subAfter(end) };
    }
    this.#expectEnd();
    return path;
  }

  #disjunction(): Filter {
    return this.#list('or', () => this.#list('and', () => this.#term()));
  }

  #list(kind: 'and' | 'or', item: () => Filter): Filter {
    const first = item();
    const filters = [first];
    while (this.#isWord(kind)) {
      this.#advance();
      filters.push(item());
    }
    return filters.length === 1 ? first : { kind, filters };
  }

  #term(): Filter {
    if (this.#is('(')) return this.#group();
    if (!this.#isWord('not')) return this.#expression();
    this.#advance();
    if (!this.#is('(')) throw this.#wrong('"not" needs parentheses');
    return { kind: 'not', filter: this.#group() };
  }

  #group(): Filter {
    this.#enter();
    const filter = this.#disjunction();
    if (!this.#is(')')) throw this.#wrong('expected "and", "or" or ")"');
    this.#leave();
    return filter;
  }

  #expression(): Filter {
    const { path, end } = this.#name();
    if (!this.#startsBrackets(end)) return this.#comparison(path);
    if (this.#insideValuePath) throw this.#wrong('brackets inside brackets');
    const brackets = this.#brackets(path);
    const sub = this.#subAfter(brackets.end);
    if (sub === null) return { kind: 'valuePath', path, filter: brackets.filter };
    return this.#comparison({ ...path, filter: brackets.filter, sub });
  }

  /** The filter between brackets, and where the closing one ends. A mistake in it is a mistake of a filter, also in a path. */
  #brackets(path: AttributePath): { filter: Filter; end: number } {
    if (path.sub !== null) throw this.#wrong('brackets after a sub-attribute');
    const outside = this.#Problem;
    this.#Problem = InvalidFilter;
    this.#insideValuePath = true;
    this.#enter();
    const filter = this.#disjunction();
    if (!this.#is(']')) throw this.#wrong('expected "and", "or" or "]"');
    const end = this.#token.end;
    this.#Problem = outside;
    this.#insideValuePath = false;
    this.#leave();
    return { filter, end };
  }

  /** `.value` right after the closing bracket. */
  #subAfter(end: number): string | null {
    const token = this.#token;
    if (token.kind !== 'word' || token.start !== end) return null;
    const sub = token.text.slice(1);
    if (!token.text.startsWith('.') || !isAttributeName(sub)) throw this.#wrong('expected a sub-attribute');
    this.#advance();
    return sub;
  }

  #name(): { path: AttributePath; end: number } {
    const token = this.#token;
    if (token.kind !== 'word') throw this.#wrong('expected an attribute name');
    const parts = splitName(token.text);
    if (parts === null) throw this.#wrong('expected an attribute name');
    this.#advance();
    return { path: { ...parts, filter: null, at: token.start }, end: token.end };
  }

  #comparison(path: AttributePath): Filter {
    this.#comparisons += 1;
    if (this.#comparisons > FILTER_COMPARISONS_MAX) {
      throw new this.#Problem('limit', `more than ${FILTER_COMPARISONS_MAX} comparisons`, path.at);
    }
    const word = this.#token.kind === 'word' ? this.#token.text.toLowerCase() : '';
    if (word === 'pr') {
      this.#advance();
      return { kind: 'present', path };
    }
    const operator = OPERATORS.get(word);
    if (operator === undefined) throw this.#wrong('expected a comparison operator');
    this.#advance();
    const at = this.#token.start;
    return { kind: 'compare', path, operator, ...this.#value(), at };
  }

  #value(): { value: Literal; bare: string | null } {
    const token = this.#token;
    if (token.kind === 'string') {
      this.#advance();
      return { value: token.value, bare: null };
    }
    if (token.kind !== 'word' || KEYWORDS.has(token.text.toLowerCase())) throw this.#wrong('expected a value');
    const value = this.#unquoted(token.text);
    this.#advance();
    return { value, bare: this.#bareValues ? token.text : null };
  }

  #unquoted(text: string): Literal {
    const constant = CONSTANTS.get(text);
    if (constant !== undefined) return constant;
    if (NUMBER.test(text)) {
      const number = Number(text);
      if (Number.isFinite(number)) return number === 0 ? 0 : number;
      if (!this.#bareValues) throw this.#wrong('the number is too large');
    }
    if (!this.#bareValues) throw this.#wrong('a text value needs quotes');
    if (NOT_BARE.test(text)) throw this.#wrong('a text value needs quotes');
    return text;
  }

  #startsBrackets(nameEnd: number): boolean {
    return this.#is('[') && this.#token.start === nameEnd;
  }

  #enter(): void {
    this.#depth += 1;
    if (this.#depth > FILTER_DEPTH_MAX) throw new this.#Problem('limit', `nested deeper than ${FILTER_DEPTH_MAX}`, this.#token.start);
    this.#advance();
  }

  #leave(): void {
    this.#depth -= 1;
    this.#advance();
  }

  #is(kind: Token['kind']): boolean {
    return this.#token.kind === kind;
  }

  #isWord(word: string): boolean {
    return this.#token.kind === 'word' && this.#token.text.toLowerCase() === word;
  }

  #advance(): void {
    this.#token = nextToken(this.#text, this.#token.end, this.#Problem);
  }

  #expectEnd(): void {
    if (!this.#is('end')) throw this.#wrong('unexpected text after the end');
  }

  #wrong(what: string): Error {
    return new this.#Problem('syntax', what, this.#token.start);
  }
}
