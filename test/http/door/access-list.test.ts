import { createServer } from 'node:http';
import { Duplex } from 'node:stream';
import { expect } from 'chai';
import express from 'express';
import type { Reader } from '../../../src/db/database.js';
import { newId } from '../../../src/db/ids.js';
import { doorRouter } from '../../../src/http/door/router.js';
import { doorWorldOf, type DoorWorld, type TestController } from '../../support/door-world.js';
import { forEachEngine } from '../../support/engines.js';

const MEMBERS = 20_000;
const PAGE = 500;
const PER_STATEMENT = 2_000;

/** A reader that counts the members it has read for lists. */
function counted(reader: Reader): { readonly reader: Reader; readonly read: () => number } {
  let members = 0;
  const all: Reader['all'] = async (statement, params) => {
    const rows = await reader.all(statement, params);
    if (statement.name === 'list.page') members += rows.length;
    return rows;
  };
  const others = { engine: reader.engine, first: reader.first.bind(reader), query: reader.query.bind(reader) };
  return { reader: { ...others, all }, read: () => members };
}

/** The connection of a client that takes what is written only when the test lets it: nothing of a kernel lies in between. */
class SlowConnection extends Duplex {
  received = '';
  #take: (() => void) | null = null;
  #isOpen = false;

  override _read(): void {
    // What the client says is pushed by the test.
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: () => void): void {
    this.received += chunk.toString('latin1');
    if (this.#isOpen) done();
    else this.#take = done;
  }

  get isWaiting(): boolean {
    return this.#take !== null;
  }

  takeOne(): void {
    const take = this.#take;
    this.#take = null;
    take?.();
  }

  takeAll(): void {
    this.#isOpen = true;
    this.takeOne();
  }
}

const soon = () => new Promise((resolve) => setImmediate(resolve));

describe('GET /door/v1/access-list', () => {
  forEachEngine((engine) => {
    const current = doorWorldOf(engine);
    let world: DoorWorld;
    let controller: TestController;

    beforeEach(async () => {
      world = current();
      const siteId = await world.site();
      controller = await world.controller(await world.doorAt(siteId));
      await fill(await world.group([{ siteId }]));
    });

    /** Past the events of each, which nobody reads here. */
    async function fill(groupId: string): Promise<void> {
      const { parts, now } = world.server;
      await parts.db.transaction(async (tx) => {
        for (let from = 0; from < MEMBERS; from += PER_STATEMENT) {
          const ids = Array.from({ length: PER_STATEMENT }, () => newId('mem'));
          const insert = (into: string, rows: readonly (readonly (string | number)[])[]) => {
            const marks = rows.map((row) => `(${row.map(() => '?').join(', ')})`).join(', ');
            return tx.execute(`insert into ${into} values ${marks}`, rows.flat());
          };
          await insert(
            'members (id, name, name_key, created_at, updated_at)',
            ids.map((id) => [id, 'Guest', 'guest', now, now]),
          );
          await insert(
            'associations (id, member_id, member_group_id, managed_by, created_at)',
            ids.map((id) => [newId('asc'), id, groupId, 'manual', now]),
          );
          await insert(
            'cards (id, member_id, managed_by, created_at, uid)',
            ids.map((id) => [newId('card'), id, 'manual', now, id]),
          );
        }
      });
    }

    it('reads no further than the controller takes, and sends all of twenty thousand members in pieces', async () => {
      const { parts } = world.server;
      const { reader, read } = counted(parts.db.read);
      const app = express().use('/door/v1', doorRouter({ ...parts, ...parts.doors, db: { ...parts.db, read: reader } }));
      const server = createServer(app);
      const connection = new SlowConnection();
      server.emit('connection', connection);
      connection.push(
        `GET /door/v1/access-list HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${controller.token}\r\nConnection: close\r\n\r\n`,
      );

      const taken = () => connection.received.split('"memberId"').length - 1;
      let peak = 0;
      while (taken() < MEMBERS / 4) {
        while (!connection.isWaiting) await soon();
        // Time enough for whoever would read on regardless.
        for (let turn = 0; turn < 20; turn += 1) await soon();
        peak = Math.max(peak, read() - taken());
        connection.takeOne();
      }
      expect(read()).to.be.below(MEMBERS / 2);
      expect(peak, 'members that were read and are not taken').to.be.at.most(4 * PAGE);

      connection.takeAll();
      while (!connection.writableFinished) await soon();
      expect(taken()).to.equal(MEMBERS);
      expect(read()).to.equal(MEMBERS);
      expect(connection.received).to.match(/"removed":\[\]\}\r\n0\r\n\r\n$/);
      expect(world.server.logged).to.deep.equal([]);
    });
  });
});
