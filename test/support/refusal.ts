import { InvalidFilter, InvalidPath } from '../../src/scim/filter/errors.js';

/** What a refused filter or path answers: `InvalidFilter syntax`. Anything else that is thrown is thrown on. */
export function refusal(act: () => unknown): string {
  try {
    act();
  } catch (error) {
    if (error instanceof InvalidFilter || error instanceof InvalidPath) return `${error.name} ${error.reason}`;
    throw error;
  }
  return 'accepted';
}
