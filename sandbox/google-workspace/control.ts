import type { ControlAction, ControlField, ControlPanel, ControlTable } from '../kernel/control-panel.js';
import type { SandboxServer } from '../kernel/server.js';
import { troubleActions } from '../kernel/trouble.js';
import { GOOGLE_ERRORS, type GoogleErrorName, googleFault } from './errors.js';
import type { Identity } from './identity.js';
import type { Push } from './push.js';
import type { World } from './world.js';

/** What can be led from outside: a `GoogleWorkspaceSandbox`. */
export interface Controlled {
  readonly server: SandboxServer;
  readonly world: World;
  readonly identity: Identity;
  readonly push: Push;
}

/** What the admin of the Workspace account can do, and what Google can suffer. People and groups are named by id or address. */
export function controlPanel(sandbox: Controlled): ControlPanel {
  const { server, world, push } = sandbox;
  const on = '/admin/directory';
  return {
    title: 'Google Workspace: acme.test',
    actions: [
      ...userActions(world),
      ...groupActions(world),
      ...signInActions(sandbox),
      ...troubleActions(server, { on, outage: GOOGLE_ERRORS.backendError, rateLimit: GOOGLE_ERRORS.rateLimitExceeded }),
    ],
    tables: () => [users(world), groups(world)],
    settled: () => push.flush(),
  };
}

function userActions(world: World): ControlAction[] {
  const user = userField(world);
  return [
    {
      name: 'createUser',
      label: 'New user',
      fields: [
        { name: 'givenName', label: 'First name', value: () => 'Leo' },
        { name: 'familyName', label: 'Last name', value: () => 'Ito' },
        { name: 'primaryEmail', label: 'Address', type: 'email', value: () => 'leo.ito@acme.test' },
      ],
      run: (given) => {
        const [givenName, familyName] = [given.text('givenName'), given.text('familyName')];
        const names = { ...(givenName === '' ? {} : { givenName }), ...(familyName === '' ? {} : { familyName }) };
        return world.createUser({ primaryEmail: given.needed('primaryEmail'), ...names });
      },
    },
    { name: 'suspendUser', label: 'Suspend user', fields: [user], run: (given) => world.suspendUser(given.text('user')) },
    { name: 'restoreUser', label: 'Restore user', fields: [user], run: (given) => world.restoreUser(given.text('user')) },
    { name: 'archiveUser', label: 'Archive user', fields: [user], run: (given) => world.archiveUser(given.text('user')) },
    { name: 'deleteUser', label: 'Delete user', fields: [user], run: (given) => world.deleteUser(given.text('user')) },
    { name: 'undeleteUser', run: (given) => world.undeleteUser(given.text('user')) },
    {
      name: 'renameUser',
      label: 'Rename user',
      fields: [user, { name: 'primaryEmail', label: 'New address', type: 'email' }],
      run: (given) => world.renameUser(given.text('user'), given.needed('primaryEmail')),
    },
  ];
}

function groupActions(world: World): ControlAction[] {
  const group = groupField(world);
  const member: ControlField = {
    name: 'member',
    label: 'Who',
    choices: () => [...userChoices(world), ...groupChoices(world)],
  };
  return [
    {
      name: 'addMember',
      label: 'Add to group',
      fields: [group, member],
      run: (given) => world.addMember(given.text('group'), given.text('member')),
    },
    {
      name: 'removeMember',
      label: 'Remove from group',
      fields: [group, member],
      run: (given) => world.removeMember(given.text('group'), given.text('member')),
    },
    {
      name: 'createGroup',
      label: 'New group',
      fields: [
        { name: 'name', label: 'Name' },
        { name: 'email', label: 'Address', type: 'email' },
      ],
      run: (given) => world.createGroup({ name: given.needed('name'), email: given.needed('email') }),
    },
    { name: 'renameGroup', run: (given) => world.renameGroup(given.text('group'), given.needed('name')) },
    { name: 'deleteGroup', label: 'Delete group', fields: [group], run: (given) => world.deleteGroup(given.text('group')) },
  ];
}

function signInActions({ server, identity }: Controlled): ControlAction[] {
  return [
    { name: 'revokeConsent', run: () => identity.refreshTokens.clear() },
    { name: 'expireTokens', label: 'Expire all tokens', run: () => identity.expireTokens() },
    {
      name: 'fail',
      run: (given) => {
        const error = given.text('error');
        if (!isErrorName(error)) throw new Error(`no such error: ${error}`);
        server.faults.add(googleFault(error, { on: given.text('on') || '/admin/directory', times: Number(given.text('times') || '1') }));
      },
    },
  ];
}

function isErrorName(name: string): name is GoogleErrorName {
  return Object.hasOwn(GOOGLE_ERRORS, name);
}

function userField(world: World): ControlField {
  return { name: 'user', label: 'User', choices: () => userChoices(world) };
}

function groupField(world: World): ControlField {
  return { name: 'group', label: 'Group', choices: () => groupChoices(world) };
}

function userChoices(world: World) {
  return world.liveUsers().map(({ primaryEmail: value, name }) => ({ value, label: `${name.fullName} <${value}>` }));
}

function groupChoices(world: World) {
  return [...world.groups.values()].map(({ email: value, name }) => ({ value, label: `${name} (group)` }));
}

function users(world: World): ControlTable {
  const rows = world
    .liveUsers()
    .map(({ name, primaryEmail, suspended, archived, id }) => [
      name.fullName,
      primaryEmail,
      suspended ? 'suspended' : archived ? 'archived' : 'active',
      id,
    ]);
  return { title: 'Users', head: ['Name', 'Address', 'State', 'Id'], rows };
}

function groups(world: World): ControlTable {
  const rows = [...world.groups.values()].map(({ id, name, email }) => [name, email, membersOf(world, id)]);
  return { title: 'Groups', head: ['Name', 'Address', 'Members'], rows };
}

function membersOf(world: World, groupId: string): string {
  return world
    .membersOf(groupId)
    .map(({ id, type, email }) =>
      type === 'CUSTOMER' ? 'everybody' : (world.findUser(id)?.name.fullName ?? world.findGroup(id)?.name ?? email ?? id),
    )
    .join(', ');
}
