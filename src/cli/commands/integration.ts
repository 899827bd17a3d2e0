import { type Command, Option } from 'commander';
import type { Parts } from '../../compose.js';
import type { NewConnection } from '../../connect/connections.js';
import { COMMAND_LINE } from '../../domain/events.js';
import { SYNC_KINDS, type SyncKind } from '../../domain/integration.js';
import type { JsonObject } from '../../domain/scim.js';
import { type IntegrationView, integrationView } from '../../http/admin/integration-view.js';
import { deleteChosen, MEMBERS_CHOICES, type MembersChoice } from '../../http/admin/integrations.js';
import { getIntegration, listIntegrations } from '../../integrations/integration-store.js';
import { lastRun, lastRuns } from '../../sync/last-run.js';
import { parseName } from '../arguments.js';
import type { Io } from '../io.js';
import { withParts } from '../open.js';
import { collect, type ConnectionOptions, connectionOf } from './connection-options.js';
import { answering, type Outcome, type Result } from '../result.js';
import { fields, shownOnce, table } from '../text.js';

export function addIntegration(program: Command, io: Io, outcome: Outcome): void {
  const open = <Value>(work: (parts: Parts) => Promise<Value>) => withParts(io.readConfig(), work, io.overrides);
  const group = program.command('integration').description('connections to outside systems');

  group
    .command('create')
    .description('connect a system: it is reached before anything is stored; what is shown of its secrets is shown once')
    .addOption(new Option('--kind <kind>', 'what is connected').choices([...SYNC_KINDS]).makeOptionMandatory())
    .requiredOption('--name <name>', 'what people know it by', parseName)
    .option('--config <name=value>', 'an address or id of the source; may be repeated', collect)
    .option('--config-file <file>', 'the same as a JSON object')
    .option('--secret <name=value>', 'a credential; others on this machine can see it meanwhile', collect)
    .option('--secret-file <file>', 'credentials as a JSON object; - is standard input')
    .option('--settings-file <file>', 'settings as a JSON object')
    .action(
      answering(io, outcome, ({ kind, name, ...options }: ConnectionOptions & { kind: SyncKind; name: string }) =>
        open(async (parts) => create(parts, { kind, name, ...(await connectionOf(io, options)) })),
      ),
    );

  group
    .command('test <id>')
    .description('reach the source of an integration that is pulled')
    .action(
      answering(io, outcome, (id: string) =>
        open(async ({ connections }) => {
          const account = await connections.test(id);
          return { json: { id, account }, text: (paint) => fields(paint, accountFields(account)) };
        }),
      ),
    );

  group
    .command('connect <id>')
    .description('print the address at which an admin of the source agrees to the connection; good for ten minutes')
    .action(
      answering(io, outcome, (id: string) =>
        open(async ({ oauth, clock }) => {
          const url = await oauth.begin({ actor: COMMAND_LINE, now: clock.now() }, id);
          return { json: { url }, text: () => url };
        }),
      ),
    );

  group
    .command('list')
    .description('all integrations')
    .action(answering(io, outcome, () => open(list)));

  group
    .command('show <id>')
    .description('one integration with its settings')
    .action(answering(io, outcome, (id: string) => open((parts) => show(parts, id))));

  for (const [name, enabled, description] of [
    ['enable', true, 'let the source push and pull again'],
    ['disable', false, 'refuse the source; members stay and keep working'],
  ] as const) {
    group
      .command(`${name} <id>`)
      .description(description)
      .action(answering(io, outcome, (id: string) => open((parts) => setEnabled(parts, id, enabled))));
  }

  group
    .command('delete <id>')
    .description('delete the integration with its directory, mappings and tokens')
    .addOption(new Option('--members <choice>', 'what becomes of its members: needed while it has some').choices([...MEMBERS_CHOICES]))
    .action(
      answering(io, outcome, (id: string, { members }: { members?: MembersChoice }) =>
        open(async ({ db, clock, subscriptions }) => {
          const farewell = await subscriptions.farewell(id);
          await db.transaction((tx) => deleteChosen(tx, { actor: COMMAND_LINE, now: clock.now() }, id, members));
          await farewell();
          return { json: { id, deleted: true }, text: () => `${id} is deleted.` };
        }),
      ),
    );
}

async function create(parts: Parts, wanted: NewConnection): Promise<Result> {
  const made = await parts.connections.create({ actor: COMMAND_LINE, now: parts.clock.now() }, wanted);
  const view = await viewOf(parts, made.id);
  const { id, kind, name, scimBaseUrl, account } = view;
  if (made.token !== null) {
    const token = made.token.expose();
    const shown = [['id', id] as const, ['SCIM base URL', scimBaseUrl] as const];
    return { json: { id, kind, name, scimBaseUrl, token }, text: (paint) => shownOnce(paint, shown, token) };
  }
  const { webhookUrl } = made;
  return {
    json: { id, kind, name, account, webhookUrl },
    text: (paint) => fields(paint, [['id', id], ...accountFields(account), ['state', stateOf(view)], ['webhook URL', webhookUrl]]),
  };
}

async function list(parts: Parts): Promise<Result> {
  const runs = await lastRuns(parts.db.read);
  const data = (await listIntegrations(parts.db.read)).map((one) => integrationView(parts, one, runs.get(one.id) ?? null));
  const rows = data.map((one) => [one.id, one.kind, one.name, one.state, one.lastSync?.startedAt ?? one.lastRequestAt]);
  return { json: { data }, text: (paint) => table(paint, ['ID', 'KIND', 'NAME', 'STATE', 'LAST SEEN'], rows, 'No integrations.') };
}

async function show(parts: Parts, id: string): Promise<Result> {
  const view = await viewOf(parts, id);
  const { account, lastSync } = view;
  const pulled: readonly Field[] = [
    ...accountFields(account),
    ['config', JSON.stringify(view.config)],
    ['last sync', lastSync === null ? null : `${lastSync.startedAt}: ${lastSync.state}`],
  ];
  return {
    json: view,
    text: (paint) =>
      fields(paint, [
        ['id', view.id],
        ['name', view.name],
        ['kind', view.kind],
        ['state', stateOf(view)],
        ...(view.kind === 'scim' ? [] : pulled),
        ['SCIM base URL', view.scimBaseUrl],
        ['last request', view.lastRequestAt],
        ['User-Agent', view.lastUserAgent],
        ['settings', JSON.stringify(view.settings)],
      ]),
  };
}

async function setEnabled(parts: Parts, id: string, enabled: boolean): Promise<Result> {
  const { connections, clock, worker } = parts;
  const marked = await connections.patch({ actor: COMMAND_LINE, now: clock.now() }, id, { settings: { enabled } });
  if (marked > 0) await worker.drain();
  const view = await viewOf(parts, id);
  return { json: view, text: () => `${view.name} is ${enabled ? 'enabled' : 'disabled'}.` };
}

async function viewOf(parts: Parts, id: string): Promise<IntegrationView> {
  const { read } = parts.db;
  return integrationView(parts, await getIntegration(read, id), await lastRun(read, id));
}

type Field = readonly [string, string | number | null];

function stateOf({ state, stateReason }: IntegrationView): string {
  return stateReason === null ? state : `${state}: ${stateReason}`;
}

/** Whom it reached, with what the source says of itself. */
function accountFields(account: JsonObject | null): readonly Field[] {
  if (account === null) return [['account', null]];
  const details = Array.isArray(account['details']) ? account['details'] : [];
  const lines = details.flatMap((line): Field[] =>
    typeof line === 'object' && line !== null && !Array.isArray(line) ? [[String(line['label']), String(line['value'])]] : [],
  );
  return [['account', String(account['name'])], ...lines];
}
