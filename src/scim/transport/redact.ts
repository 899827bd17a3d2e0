/** Stands where something was that nobody may read afterwards. */
export const REDACTED = '[redacted]';

/** Characters of a body that are kept. */
export const BODY_KEPT = 16_384;
const PATH_KEPT = 2_000;
const DEPTH_MAX = 40;
/** No message has as many. To list those of an object of a hundred thousand takes longer than to answer it. */
const NAMES_MAX = 1_000;

/** Attributes whose values open doors or accounts, alone or at the end of a path: `urn:…:User:pin`. */
const SECRET_NAME = /(?:^|[^a-z])(?:pins?|password|passcode|cards?|secret|tokens?|authorization)(?![a-z])/i;
/** Tokens of our own, wherever somebody has put one. */
const OWN_TOKEN = /lk[a-z]_[0-9A-Za-z]{20,}/g;
/** Parameters that SCIM knows; others may be anything, an access token too. */
const KNOWN_PARAMETERS = new Set(['filter', 'sortby', 'sortorder', 'startindex', 'count', 'cursor', 'attributes', 'excludedattributes']);
/** In the spelling of our own answers. */
const SECRET_MEMBERS = ['"pin":"', '"password":"', '"card":"'];

/** Text from outside that is not JSON: a path, a header, a message. */
export function redactText(text: string): string {
  return text.replace(OWN_TOKEN, REDACTED).replaceAll('\u0000', '\ufffd').slice(0, PATH_KEPT);
}

/** Path and query as they came. Values of unknown parameters go, and filters that ask for a secret; names of people stay. */
export function redactUrl(url: string): string {
  const start = url.indexOf('?');
  if (start < 0) return redactText(url);
  const parameters = url.slice(start + 1, start + PATH_KEPT).split('&');
  return redactText(`${url.slice(0, start)}?${parameters.map(redactParameter).join('&')}`);
}

function redactParameter(text: string): string {
  const at = text.indexOf('=');
  if (at < 0) return text;
  const [[name = '', value = ''] = []] = new URLSearchParams(text);
  const isShown =
    value === '' || (KNOWN_PARAMETERS.has(name.toLowerCase()) && !(name.toLowerCase() === 'filter' && SECRET_NAME.test(value)));
  return isShown ? text : `${text.slice(0, at)}=${REDACTED}`;
}

/** The body of a request, parsed, as JSON text without secrets and no longer than what is kept. */
export function redactBody(body: unknown): string {
  const writer = new Writer();
  writer.write(body, 0);
  return cut(writer.text.replace(OWN_TOKEN, REDACTED));
}

/** The body of an answer of ours: compact JSON that never holds a PIN or password, but cards. */
export function redactAnswer(text: string): string {
  let kept = text.slice(0, BODY_KEPT + 1);
  for (const member of SECRET_MEMBERS) kept = hideStrings(kept, member);
  return cut(kept);
}

function cut(text: string): string {
  return text.length <= BODY_KEPT ? text : `${text.slice(0, BODY_KEPT)}…`;
}

/** Replaces every JSON string that follows `opening`, which ends with its quotation mark. */
function hideStrings(text: string, opening: string): string {
  let shown = '';
  let from = 0;
  for (;;) {
    const at = text.indexOf(opening, from);
    if (at < 0) return shown + text.slice(from);
    const start = at + opening.length;
    shown += `${text.slice(from, start)}${REDACTED}`;
    from = start;
    while (from < text.length && text[from] !== '"') from += text[from] === '\\' ? 2 : 1;
  }
}

/** Writes JSON until it is long enough; what a large body holds behind that costs nothing. */
class Writer {
  text = '';

  write(value: unknown, depth: number): void {
    if (this.text.length > BODY_KEPT) return;
    if (typeof value !== 'object' || value === null) this.#scalar(value);
    else if (depth >= DEPTH_MAX) this.text += '"[too deep]"';
    else if (Array.isArray(value)) this.#array(value, depth);
    else this.#object(value, depth);
  }

  #scalar(value: unknown): void {
    this.text += JSON.stringify(typeof value === 'string' ? value.slice(0, BODY_KEPT) : (value ?? null));
  }

  #array(items: readonly unknown[], depth: number): void {
    let separator = '[';
    for (const item of items) {
      if (this.text.length > BODY_KEPT) return;
      this.text += separator;
      this.write(item, depth + 1);
      separator = ',';
    }
    this.text += items.length === 0 ? '[]' : ']';
  }

  #object(object: object, depth: number): void {
    const names = Object.keys(object);
    if (names.length > NAMES_MAX) {
      this.text += '"[too many names]"';
      return;
    }
    const isOfSecret = pathIsSecret(object);
    let separator = '{';
    for (const [name, value] of Object.entries(object)) {
      if (this.text.length > BODY_KEPT) return;
      this.text += `${separator}${JSON.stringify(name)}:`;
      if (SECRET_NAME.test(name) || (isOfSecret && name.toLowerCase() === 'value') || isSecretExpression(name, value))
        this.#scalar(REDACTED);
      else this.write(value, depth + 1);
      separator = ',';
    }
    this.text += separator === '{' ? '{}' : '}';
  }
}

/** `{"op":"replace","path":"urn:…:pin","value":"…"}` */
function pathIsSecret(object: object): boolean {
  return Object.entries(object).some(
    ([name, value]) => name.toLowerCase() === 'path' && typeof value === 'string' && SECRET_NAME.test(value),
  );
}

/** A filter, or a path with one, that says the secret itself: `pin eq "…"`. */
function isSecretExpression(name: string, value: unknown): boolean {
  const lower = name.toLowerCase();
  return (lower === 'filter' || lower === 'path') && typeof value === 'string' && value.includes('"') && SECRET_NAME.test(value);
}
