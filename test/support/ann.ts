import type { Json } from '../../src/domain/scim.js';
import { patch, userBody } from './scim-bodies.js';

/** Two addresses of different types, of which neither is primary. */
export const WORK = { value: 'w@x', type: 'work' };
export const HOME = { value: 'h@x', type: 'home' };

/** A User as most tests of PATCH begin with it. */
export const ann = (more: object = {}): object =>
  userBody({ title: 'Chef', name: { givenName: 'Ann', familyName: 'Example' }, emails: [WORK, HOME], ...more });

/** Her addresses after these operations. */
export const emails = (...operations: readonly unknown[]): Json | undefined => patch(ann(), ...operations).document['emails'];
