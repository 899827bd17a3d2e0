import type { WriteBack } from '../adapter.js';
import type { GuestyContext, GuestySettings } from './context.js';
import { clearKeyCode, writeKeyCode } from './key-code.js';
import { clearLink, writeLink } from './link.js';

/** What there is to write depends on the settings alone: taking a credential away is a change of the reservation too. */
export function wantsWriteBack(settings: GuestySettings): boolean {
  return settings.writeBackPin !== false || linkField(settings) !== null;
}

/**
 * Puts the PIN into the key code of the reservation and the Magic Link into the custom field of the settings, each read
 * back. What Latchkey put there is taken away when the member has none any more; without that, nothing is asked of Guesty.
 * A reservation that is gone needs nothing. Both are tried, whatever becomes of the other.
 */
export async function writeBack(context: GuestyContext, { sourceKey, pin, magicLink }: WriteBack): Promise<void> {
  const field = linkField(context.settings);
  const steps: Promise<void>[] = [];
  if (context.settings.writeBackPin !== false) {
    steps.push(pin === null ? clearKeyCode(context, sourceKey) : writeKeyCode(context, sourceKey, pin));
  }
  if (field !== null) {
    steps.push(magicLink === null ? clearLink(context, sourceKey, field) : writeLink(context, sourceKey, field, magicLink));
  }
  for (const outcome of await Promise.allSettled(steps)) {
    if (outcome.status === 'rejected') throw outcome.reason;
  }
}

function linkField({ linkCustomField }: GuestySettings): string | null {
  return linkCustomField === undefined || linkCustomField === null || linkCustomField === '' ? null : linkCustomField;
}
