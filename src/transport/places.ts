import type { ErrorObject } from 'ajv/dist/2020.js';
import type { PlaceError } from '../errors.js';

/** What the formats of the schemas mean to somebody who does not know their names. */
const FORMATS: ReadonlyMap<string, string> = new Map([
  ['date-time', 'must be a date and time with its offset from UTC, such as 2026-03-01T15:00:00Z'],
  ['email', 'must be an e-mail address'],
  ['uri', 'must be an address such as https://api.example.com'],
]);

/** What a schema found wrong, in words and places that the caller knows. `prefix`: where the value stands in what was sent. */
export function placesOf(errors: readonly ErrorObject[], prefix = ''): PlaceError[] {
  const places = errors.filter(isPlain).map((error) => {
    const { pointer, detail } = placeOf(error);
    return { pointer: `${prefix}${pointer}`, detail };
  });
  return [...new Map(places.map((place) => [`${place.pointer} ${place.detail}`, place])).values()];
}

/** One name of a path as a JSON Pointer has it. @see RFC 6901 section 3 */
export function pointerToken(name: string): string {
  return name.replaceAll('~', '~0').replaceAll('/', '~1');
}

/** A branch of `oneOf` that failed as well says nothing of its own. */
function isPlain(error: ErrorObject): boolean {
  return error.keyword !== 'oneOf' && error.keyword !== 'if';
}

function placeOf({ instancePath, keyword, params, message }: ErrorObject): PlaceError {
  if (keyword === 'additionalProperties')
    return { pointer: `${instancePath}/${pointerToken(String(params['additionalProperty']))}`, detail: 'is not known' };
  if (keyword === 'required')
    return { pointer: `${instancePath}/${pointerToken(String(params['missingProperty']))}`, detail: 'is required' };
  if (keyword === 'enum')
    return { pointer: instancePath, detail: `must be one of ${(params['allowedValues'] as readonly unknown[]).join(', ')}` };
  if (keyword === 'const')
    return { pointer: instancePath, detail: `must be ${String(params['allowedValue'])}: anything else is not available` };
  if (keyword === 'format')
    return { pointer: instancePath, detail: FORMATS.get(String(params['format'])) ?? 'does not have the right form' };
  if (keyword === 'minimum' || keyword === 'maximum')
    return { pointer: instancePath, detail: `must be at ${keyword === 'minimum' ? 'least' : 'most'} ${String(params['limit'])}` };
  if (keyword === 'minProperties') return { pointer: instancePath, detail: 'must not be empty' };
  if (keyword === 'pattern') return { pointer: instancePath, detail: 'does not have the right form' };
  return { pointer: instancePath, detail: message ?? 'is not valid' };
}
