import { type Command, Option } from 'commander';
import type { Parts } from '../../compose.js';
import { COMMAND_LINE } from '../../domain/events.js';
import { deleteChosen, integrationView, MEMBERS_CHOICES, type MembersChoice } from '../../http/admin/integrations.js';
import { createIntegration, getIntegration, listIntegrations, patchIntegration } from '../../integrations/integration-store.js';
import { createScimToken } from '../../integrations/scim-token-store.js';
import { parseName } from '../arguments.js';
import type { Io } from '../io.js';
import { withParts } from '../open.js';
import { answering, type Outcome, type Result } from '../result.js';
import { fields, shownOnce, table } from '../text.js';

export function addIntegration(program: Command, io: Io, outcome: Outcome): void {
  const group = program.command('integration').description('connections to outside systems');

  group
    .command('create')
    .description('connect a system; the token is shown once')
    .addOption(new Option('--kind <kind>', 'what is connected').choices(['scim']).makeOptionMandatory())
    .requiredOption('--name <name>', 'what people know it by', parseName)
    .action(answering(io, outcome, ({ name }: { name: string }) => withParts(io.readConfig(), (parts) => create(parts, name))));

  group
    .command('list')
    .description('all integrations')
    .action(answering(io, outcome, () => withParts(io.readConfig(), list)));

  group
    .command('show <id>')
    .description('one integration with its settings')
    .action(answering(io, outcome, (id: string) => withParts(io.readConfig(), (parts) => show(parts, id))));

  for (const [name, enabled, description] of [
    ['enable', true, 'let the source push and pull again'],
    ['disable', false, 'refuse the source; members stay and keep working'],
  ] as const) {
    group
      .command(`${name} <id>`)
      .description(description)
      .action(answering(io, outcome, (id: string) => withParts(io.readConfig(), (parts) => setEnabled(parts, id, enabled))));
  }

  group
    .command('delete <id>')
    .description('delete the integration with its directory, mappings and tokens')
    .addOption(new Option('--members <choice>', 'what becomes of its members: needed while it has some').choices([...MEMBERS_CHOICES]))
    .action(
      answering(io, outcome, (id: string, { members }: { members?: MembersChoice }) =>
        withParts(io.readConfig(), async ({ db, clock }) => {
          await db.transaction((tx) => deleteChosen(tx, { actor: COMMAND_LINE, now: clock.now() }, id, members));
          return { json: { id, deleted: true }, text: () => `${id} is deleted.` };
        }),
      ),
    );
}

async function create(parts: Parts, name: string): Promise<Result> {
  const { db, clock } = parts;
  const context = { actor: COMMAND_LINE, now: clock.now() };
  const made = await db.transaction(async (tx) => {
    const id = await createIntegration(tx, context, { kind: 'scim', name, settings: {} });
    const { token } = await createScimToken(tx, context, id, { readOnly: false, expiresAt: null });
    return { view: integrationView(parts, await getIntegration(tx, id)), token: token.expose() };
  });
  const { id, kind, scimBaseUrl } = made.view;
  return {
    json: { id, kind, name, scimBaseUrl, token: made.token },
    text: (paint) =>
      shownOnce(
        paint,
        [
          ['id', id],
          ['SCIM base URL', scimBaseUrl],
        ],
        made.token,
      ),
  };
}

async function list(parts: Parts): Promise<Result> {
  const data = (await listIntegrations(parts.db.read)).map((one) => integrationView(parts, one));
  const rows = data.map((one) => [one.id, one.kind, one.name, one.state, one.lastRequestAt]);
  return { json: { data }, text: (paint) => table(paint, ['ID', 'KIND', 'NAME', 'STATE', 'LAST REQUEST'], rows, 'No integrations.') };
}

async function show(parts: Parts, id: string): Promise<Result> {
  const view = integrationView(parts, await getIntegration(parts.db.read, id));
  return {
    json: view,
    text: (paint) =>
      fields(paint, [
        ['id', view.id],
        ['name', view.name],
        ['kind', view.kind],
        ['state', view.stateReason === null ? view.state : `${view.state}: ${view.stateReason}`],
        ['SCIM base URL', view.scimBaseUrl],
        ['last request', view.lastRequestAt],
        ['User-Agent', view.lastUserAgent],
        ['settings', JSON.stringify(view.settings)],
      ]),
  };
}

async function setEnabled(parts: Parts, id: string, enabled: boolean): Promise<Result> {
  const { db, clock, worker } = parts;
  const marked = await db.transaction((tx) =>
    patchIntegration(tx, { actor: COMMAND_LINE, now: clock.now() }, id, { settings: { enabled } }),
  );
  if (marked > 0) await worker.drain();
  const view = integrationView(parts, await getIntegration(db.read, id));
  return { json: view, text: () => `${view.name} is ${enabled ? 'enabled' : 'disabled'}.` };
}
