import { readFileSync } from 'node:fs';
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import type { DoorAck } from '../../domain/generated/api/door-ack.js';
import type { DoorEvents } from '../../domain/generated/api/door-events.js';
import type { DoorStatus } from '../../domain/generated/api/door-status.js';
import type { DoorVerify } from '../../domain/generated/api/door-verify.js';
import { InvalidPlaces } from '../../errors.js';
import { placesOf } from '../../transport/places.js';
import { HttpRefusal } from '../problem.js';

/** The bodies that the door API takes, each by the name of its schema in `schemas/api`. */
export interface Bodies {
  'door-ack': DoorAck;
  'door-events': DoorEvents;
  'door-status': DoorStatus;
  'door-verify': DoorVerify;
}
export type BodyName = keyof Bodies;

const SCHEMAS = new URL('../../../schemas/api/', import.meta.url);

// The first mistake is enough: a thousand events with the same one in each would make an answer as long as the question.
const ajv = new Ajv2020({ allowUnionTypes: true });
addFormats.default(ajv);

function compile<Body>(name: BodyName): ValidateFunction<Body> {
  return ajv.compile<Body>(JSON.parse(readFileSync(new URL(`${name}.json`, SCHEMAS), 'utf8')) as object);
}

const VALIDATORS: { readonly [Name in BodyName]: ValidateFunction<Bodies[Name]> } = {
  'door-ack': compile('door-ack'),
  'door-events': compile('door-events'),
  'door-status': compile('door-status'),
  'door-verify': compile('door-verify'),
};

/** The body as its schema has it; no text in it can hold U+0000. @throws HttpRefusal 400 without a body, InvalidPlaces */
export function checkBody<Name extends BodyName>(name: Name, body: unknown): Bodies[Name] {
  if (body === undefined) throw new HttpRefusal(400, 'The request needs a JSON body.');
  const validate: ValidateFunction<Bodies[Name]> = VALIDATORS[name];
  if (!validate(body)) throw new InvalidPlaces(placesOf(validate.errors ?? []));
  return body;
}
