import { ManualCredentials } from '../../access/manual-credentials.js';
import { PIN_COOLDOWN_DAYS } from '../../credentials/pin-rules.js';
import type { CredentialType } from '../../credentials/member-credentials.js';
import { memberView } from '../../access/member-view.js';
import { drain } from './drain.js';
import type { AdminParts } from './parts.js';
import { type Call, created, nothing, ok, type Route, route, routeWithBody } from './route.js';

export const CREDENTIAL_ROUTES: readonly Route[] = [
  routeWithBody('POST', '/members/{id}/pins', 'operator', 'pin-create', async ({ parts, param, body, change }) => {
    const made = await parts.db.transaction((tx) => byHand(parts).addPin(tx, change(), param('id'), body.pin));
    return created(`/members/${param('id')}/pins/${made.id}`, made);
  }),
  route('DELETE', '/members/{id}/pins/{pinId}', 'operator', async (call) => remove(call, 'pin', call.param('pinId'))),
  routeWithBody('POST', '/members/{id}/pins/{pinId}/reveal', 'operator', 'empty', async ({ parts, param, change }) =>
    ok({ pin: await parts.db.transaction((tx) => parts.stores.pins.revealPin(tx, change(), param('id'), param('pinId'))) }),
  ),
  routeWithBody('POST', '/members/{id}/magic-links', 'operator', 'magic-link-create', async ({ parts, param, change }) => {
    const made = await parts.db.transaction((tx) => byHand(parts).addLink(tx, change(), param('id')));
    return created(`/members/${param('id')}/magic-links/${made.id}`, made);
  }),
  route('DELETE', '/members/{id}/magic-links/{linkId}', 'operator', async (call) => remove(call, 'magic_link', call.param('linkId'))),
  routeWithBody('POST', '/members/{id}/magic-links/{linkId}/reveal', 'operator', 'empty', async ({ parts, param, change }) =>
    ok({ url: await parts.db.transaction((tx) => parts.stores.links.revealLink(tx, change(), param('id'), param('linkId'))) }),
  ),
  routeWithBody('POST', '/members/{id}/cards', 'operator', 'card-create', async ({ parts, param, body, change }) => {
    const id = await parts.db.transaction((tx) => byHand(parts).addCard(tx, change(), param('id'), body.uid));
    return created(`/members/${param('id')}/cards/${id}`, { id, uid: body.uid });
  }),
  route('DELETE', '/members/{id}/cards/{cardId}', 'operator', async (call) => remove(call, 'card', call.param('cardId'))),
];

function byHand({ stores }: AdminParts): ManualCredentials {
  return new ManualCredentials({ ...stores, coolDownDays: PIN_COOLDOWN_DAYS });
}

/** Where an integration had given the credential, the answer waits for the new one that it gives instead. */
async function remove({ parts, param, change }: Call, type: CredentialType, id: string): Promise<typeof nothing> {
  const memberId = param('id');
  await parts.db.transaction((tx) => byHand(parts).remove(tx, change(), type, memberId, id));
  const member = await memberView(parts.db.read, memberId, parts.clock.now());
  if (member !== null && member.source !== null) await drain(parts, member.source.integrationId);
  return nothing;
}
