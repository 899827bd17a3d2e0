import type { DoorEvents } from '../../domain/generated/api/door-events.js';
import { acknowledge } from '../../doors/command-ack.js';
import { reportStatus } from '../../doors/status.js';
import { type Reported, upload } from '../../doors/upload.js';
import { NotFound } from '../../errors.js';
import { bodyInstant } from '../admin/query.js';
import { sendAccessList } from './access-list.js';
import { streamCommands } from './commands.js';
import { post, type Route, stream } from './route.js';

/** The door API, line by line. Whatever is asked is about doors of the controller that asks; another door is none. */
export const DOOR_ROUTES: readonly Route[] = [
  post('/verify', 'door-verify', async ({ parts, caller, body, change }) => {
    if (!caller.controller.doorIds.includes(body.doorId)) throw new NotFound('This controller has no such door.');
    return parts.verifier.verify(change(), body);
  }),
  stream('/access-list', sendAccessList),
  stream('/commands', streamCommands),
  post('/commands/{id}/ack', 'door-ack', async ({ parts, caller, body, change, param }) => {
    const ended = await parts.db.transaction((tx) => acknowledge(tx, change(), caller.controller.id, param('id'), body));
    if (body.result === 'failed') {
      parts.logger.warn('a door could not be opened', { commandId: ended.id, controllerId: caller.controller.id, detail: body.detail });
    }
    return ended;
  }),
  post('/events', 'door-events', async ({ parts, caller, body, change }) => {
    const reported = reportedOf(body);
    return parts.db.transaction((tx) => upload(tx, change(), caller.controller, reported));
  }),
  post('/status', 'door-status', async ({ parts, caller, body, change }) => {
    await parts.db.transaction((tx) => reportStatus(tx, change(), caller.controller.id, body));
    return {};
  }),
];

/** @throws InvalidInput for a time that cannot be kept */
function reportedOf({ events }: DoorEvents): Reported[] {
  return events.map((event, index) => ({ ...event, occurredAt: bodyInstant<never>(event.occurredAt, `/events/${index}/occurredAt`) }));
}
