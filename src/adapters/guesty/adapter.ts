import type { Account, Adapter } from '../adapter.js';
import { accountMe } from './client.js';
import type { GuestyConfig, GuestyContext, GuestySecrets, GuestySettings } from './context.js';
import { changes, one, resources } from './read.js';
import { subscribe, unsubscribe } from './subscription.js';
import { shownName } from './text.js';
import { accountIdOf, currentToken } from './token.js';
import { hints, verify } from './webhook.js';
import { wantsWriteBack, writeBack } from './write-back.js';

/** Guesty's Open API: reservations become Users, listings Groups. */
export const guestyAdapter: Adapter<GuestyConfig, GuestySecrets, GuestySettings> = {
  kind: 'guesty',
  limits: {
    windows: [
      { ms: 1_000, max: 15 },
      { ms: 60_000, max: 120 },
      { ms: 3_600_000, max: 5_000 },
    ],
    // Of 15, which all that use the account share.
    concurrent: 12,
  },
  account,
  resources,
  changes,
  one,
  webhook: { verify, hints, subscribe, unsubscribe },
  wantsWriteBack,
  writeBack,
};

async function account(context: GuestyContext): Promise<Account> {
  const { name, email } = await accountMe(context);
  const id = accountIdOf(await currentToken(context));
  const address = shownName(email, 254);
  return {
    id,
    name: shownName(name, 200) ?? id,
    details: address === null ? [] : [{ label: 'E-mail', value: address }],
  };
}
