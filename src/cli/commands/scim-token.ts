import type { Command } from 'commander';
import { COMMAND_LINE } from '../../domain/events.js';
import { getIntegration } from '../../integrations/integration-store.js';
import { createScimToken, listScimTokens, revokeScimToken } from '../../integrations/scim-token-store.js';
import { expiry, parseDays } from '../arguments.js';
import type { Io } from '../io.js';
import { withParts } from '../open.js';
import { answering, type Outcome } from '../result.js';
import { shownOnce, table } from '../text.js';

export function addScimToken(program: Command, io: Io, outcome: Outcome): void {
  const group = program.command('scim-token').description('bearer tokens of an integration; two can live, for rotation');

  group
    .command('create <integration>')
    .description('make a token; it is shown once')
    .option('--read-only', 'it reads the directory and changes nothing')
    .option('--expires-in-days <days>', 'without this it never expires', parseDays)
    .action(
      answering(io, outcome, (integrationId: string, { readOnly = false, expiresInDays }: { readOnly?: boolean; expiresInDays?: number }) =>
        withParts(io.readConfig(), async ({ db, clock }) => {
          const now = clock.now();
          const expiresAt = expiry(now, expiresInDays);
          const wanted = { readOnly, expiresAt };
          const made = await db.transaction((tx) => createScimToken(tx, { actor: COMMAND_LINE, now }, integrationId, wanted));
          const { id, token } = made;
          return {
            json: { id, token: token.expose(), readOnly: made.readOnly, expiresAt },
            text: (paint) => shownOnce(paint, [['id', id]], token.expose()),
          };
        }),
      ),
    );

  group
    .command('list <integration>')
    .description('its tokens, never their text')
    .action(
      answering(io, outcome, (integrationId: string) =>
        withParts(io.readConfig(), async ({ db }) => {
          const data = await listScimTokens(db.read, (await getIntegration(db.read, integrationId)).id);
          const rows = data.map((one) => [one.id, one.readOnly ? 'read-only' : 'full', one.createdAt, one.expiresAt, one.lastUsedAt]);
          return { json: { data }, text: (paint) => table(paint, ['ID', 'ACCESS', 'CREATED', 'EXPIRES', 'LAST USED'], rows, 'No tokens.') };
        }),
      ),
    );

  group
    .command('revoke <integration> <token>')
    .description('from now on the token opens nothing')
    .action(
      answering(io, outcome, (integrationId: string, id: string) =>
        withParts(io.readConfig(), async ({ db, clock }) => {
          await db.transaction((tx) => revokeScimToken(tx, { actor: COMMAND_LINE, now: clock.now() }, integrationId, id));
          return { json: { id, revoked: true }, text: () => `${id} is revoked.` };
        }),
      ),
    );
}
