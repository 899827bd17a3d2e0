import { type Command, Option } from 'commander';
import { COMMAND_LINE } from '../../domain/events.js';
import { createApiToken, listApiTokens, ROLES, revokeApiToken, type Role } from '../../integrations/api-token-store.js';
import { expiry, parseDays, parseName } from '../arguments.js';
import type { Io } from '../io.js';
import { withParts } from '../open.js';
import { answering, type Outcome } from '../result.js';
import { shownOnce, table } from '../text.js';

export function addApiToken(program: Command, io: Io, outcome: Outcome): void {
  const group = program.command('api-token').description('tokens of the REST API');

  group
    .command('create')
    .description('make a token; it is shown once')
    .addOption(new Option('--role <role>', 'what it may do').choices([...ROLES]).makeOptionMandatory())
    .requiredOption('--name <name>', 'what people know it by', parseName)
    .option('--expires-in-days <days>', 'without this it never expires', parseDays)
    .action(
      answering(io, outcome, ({ role, name, expiresInDays }: { role: Role; name: string; expiresInDays?: number }) =>
        withParts(io.readConfig(), async ({ db, clock }) => {
          const now = clock.now();
          const wanted = { name, role, expiresAt: expiry(now, expiresInDays) };
          const { id, token } = await db.transaction((tx) => createApiToken(tx, { actor: COMMAND_LINE, now }, wanted));
          return { json: { id, token: token.expose() }, text: (paint) => shownOnce(paint, [['id', id]], token.expose()) };
        }),
      ),
    );

  group
    .command('list')
    .description('all tokens, never their text')
    .action(
      answering(io, outcome, () =>
        withParts(io.readConfig(), async ({ db }) => {
          const data = await listApiTokens(db.read);
          const rows = data.map((one) => [one.id, one.role, one.name, one.createdAt, one.expiresAt, one.lastUsedAt]);
          return {
            json: { data },
            text: (paint) => table(paint, ['ID', 'ROLE', 'NAME', 'CREATED', 'EXPIRES', 'LAST USED'], rows, 'No API tokens.'),
          };
        }),
      ),
    );

  group
    .command('revoke <id>')
    .description('from now on the token opens nothing')
    .action(
      answering(io, outcome, (id: string) =>
        withParts(io.readConfig(), async ({ db, clock }) => {
          await db.transaction((tx) => revokeApiToken(tx, { actor: COMMAND_LINE, now: clock.now() }, id));
          return { json: { id, revoked: true }, text: () => `${id} is revoked.` };
        }),
      ),
    );
}
