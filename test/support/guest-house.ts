import { addAssociation, createManualMember } from '../../src/access/members.js';
import { createController } from '../../src/access/controller-store.js';
import { createDoor } from '../../src/access/door-store.js';
import { createMemberGroup } from '../../src/access/member-group-store.js';
import type { NewPermission } from '../../src/access/permission-row-store.js';
import { setPermissions } from '../../src/access/permission-store.js';
import { createSchedule } from '../../src/access/schedule-store.js';
import { createSite } from '../../src/access/site-store.js';
import type { Tx } from '../../src/db/database.js';
import type { WeeklyHours } from '../../src/domain/doors.js';
import { OPEN_WINDOW, type Window } from '../../src/domain/time.js';
import { acknowledge } from '../../src/doors/command-ack.js';
import { onCommand } from '../../src/doors/command-wakes.js';
import type { TestServer } from './running-server.js';

export const FREE: Omit<NewPermission, 'doorId' | 'siteId'> = { methods: null, scheduleId: null };

/** A Magic Link as its guest has it. */
export interface Invitation {
  readonly memberId: string;
  readonly linkId: string;
  readonly secret: string;
}

/** Houses with doors, and guests with links to them. */
export class GuestHouse {
  readonly server: TestServer;

  constructor(server: TestServer) {
    this.server = server;
  }

  inTx<Result>(work: (tx: Tx) => Promise<Result>): Promise<Result> {
    return this.server.parts.db.transaction(work);
  }

  /** Returns the id of the site and those of its doors in their order. */
  site(name: string, timeZone: string, doorNames: readonly string[]): Promise<{ id: string; doors: string[] }> {
    return this.inTx(async (tx) => {
      const id = await createSite(tx, this.server.context, { name, timeZone });
      const doors: string[] = [];
      for (const doorName of doorNames) doors.push(await createDoor(tx, this.server.context, { name: doorName, siteId: id }));
      return { id, doors };
    });
  }

  group(name: string, permissions: readonly NewPermission[]): Promise<string> {
    return this.inTx(async (tx) => {
      const id = await createMemberGroup(tx, this.server.context, name);
      await setPermissions(tx, this.server.context, { id, name }, permissions);
      return id;
    });
  }

  schedule(name: string, days: WeeklyHours): Promise<string> {
    return this.inTx((tx) => createSchedule(tx, this.server.context, { name, siteId: null, days }));
  }

  /** A guest of these groups, each with its window, with a link. */
  invite(name: string, groups: Readonly<Record<string, Window>>, window: Window = OPEN_WINDOW): Promise<Invitation> {
    return this.inTx(async (tx) => {
      const { context } = this.server;
      const memberId = await createManualMember(tx, context, { name, emails: [], window });
      for (const [memberGroupId, one] of Object.entries(groups))
        await addAssociation(tx, context, memberId, { memberGroupId, window: one });
      const member = { id: memberId, name, integrationId: null };
      const { id, url } = await this.server.parts.stores.links.createLink(tx, context, { member, managedBy: 'manual', because: 'a test' });
      return { memberId, linkId: id, secret: url.split('#')[1] ?? '' };
    });
  }

  /** Another link of the same guest. */
  another({ memberId }: Invitation): Promise<Invitation> {
    return this.inTx(async (tx) => {
      const member = { id: memberId, name: '', integrationId: null };
      const wanted = { member, managedBy: 'manual', because: 'a test' } as const;
      const { id, url } = await this.server.parts.stores.links.createLink(tx, this.server.context, wanted);
      return { memberId, linkId: id, secret: url.split('#')[1] ?? '' };
    });
  }

  revoke({ memberId, linkId }: Invitation): Promise<boolean> {
    return this.inTx((tx) => {
      const member = { id: memberId, name: '', integrationId: null };
      const wanted = { id: linkId, member, managedBy: 'manual', because: 'a test' };
      return this.server.parts.stores.links.revokeLink(tx, this.server.context, wanted);
    });
  }

  /** What became of presses at these doors, as `verb result reason`, oldest first. */
  async uses(doorIds: readonly string[]): Promise<string[]> {
    const rows = await this.server.query<{ object_id: string; result: string; details: string }>(
      "select object_id, result, details from events where verb = 'use' order by seq",
    );
    return rows
      .filter(({ object_id }) => doorIds.includes(object_id))
      .map(({ result, details }) => `${result} ${(JSON.parse(details) as { reason: string }).reason}`);
  }

  commands(doorId: string): Promise<number> {
    return this.server.count('door_commands where door_id = ?', doorId);
  }
}

/** A controller of these doors that answers every command as it is told to; null: not at all. */
export class PlayedController {
  answer: 'opened' | 'failed' | null = 'opened';
  readonly #house: GuestHouse;
  readonly #doors: readonly string[];
  #id = '';
  #stop: () => void = () => undefined;
  #last: Promise<void> = Promise.resolve();

  constructor(house: GuestHouse, doors: readonly string[]) {
    this.#house = house;
    this.#doors = doors;
  }

  async start(): Promise<void> {
    const { server } = this.#house;
    const fields = { name: 'Gateway', doorIds: this.#doors };
    this.#id = (await this.#house.inTx((tx) => createController(tx, server.context, fields))).id;
    this.#stop = onCommand(() => this.look());
  }

  /** Answers what waits, one after the other. */
  look(): void {
    this.#last = this.#last.then(() => this.#answerAll());
  }

  async stop(): Promise<void> {
    this.#stop();
    await this.#last;
  }

  async #answerAll(): Promise<void> {
    const { answer } = this;
    if (answer === null) return;
    const { server } = this.#house;
    const rows = await server.query<{ id: string; door_id: string }>("select id, door_id from door_commands where state = 'pending'");
    for (const { id } of rows.filter(({ door_id }) => this.#doors.includes(door_id))) {
      await this.#house.inTx((tx) => acknowledge(tx, server.context, this.#id, id, { result: answer }));
    }
  }
}
