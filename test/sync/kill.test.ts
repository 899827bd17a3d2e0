import { expect } from 'chai';
import { LEASE_MS as OUTBOX_LEASE_MS } from '../../src/outbox/worker.js';
import { forEachEngine } from '../support/engines.js';
import { HolidayLets } from '../support/holiday-lets.js';
import { expectSame, expectSettled, type PulledState, pulledState } from '../support/pulled-state.js';
import { runs } from '../support/runs.js';
import { seededRandom } from '../support/seeded-random.js';

const RECORDS = runs(110, 5_000);
const SEED = Number(process.env['TEST_SEED'] ?? Math.floor(Math.random() * 1e9));
/** Of a process that is killed the messages in hand wait so long. */
const WAIT_MS = OUTBOX_LEASE_MS + 1_000;

describe('a first pull whose process is killed at random moments', () => {
  forEachEngine((engine) => {
    const kills = engine.name === 'sqlite' ? runs(3, 50) : runs(1, 50);
    const open: HolidayLets[] = [];
    afterEach(async () => {
      for (const lets of open.splice(0)) await lets.close();
    });

    it(`ends as if nothing had happened (${RECORDS} records, ${kills} kills, seed ${SEED})`, async () => {
      const undisturbed = await openLets();
      const began = performance.now();
      const expected = await finish(undisturbed);
      const wholeMs = performance.now() - began;
      expect(expected.granted, 'the source has guests who may enter, and others').to.be.within(RECORDS * 0.3, RECORDS * 0.9);

      const lets = await openLets();
      const random = seededRandom(SEED);
      let during = 0;
      for (let n = 0; n < kills; n += 1) {
        // Of the writes that are left each life has its share, so that there is something to interrupt in the last one too.
        const share = Math.max(1, Math.floor((expected.granted - lets.written.length) / (kills - n)));
        const when = moment(random, wholeMs * Math.min(0.3, 1.6 / kills + 0.1), share);
        const how = await pullUntil(lets, when);
        report(`${n + 1}: ${how} after ${Math.round(when.ms)} ms or ${when.atWrite} writes; ${lets.written.length} written so far`);
        if (how === 'SIGKILL') during += 1;
        else expect(how).to.equal(0);
        if (n < 3) await expectRefused(lets);
        lets.jump(WAIT_MS);
      }
      report(`undisturbed ${Math.round(wholeMs)} ms, ${expected.granted} granted; ${during} of ${kills} killed before the end`);
      expect(during, 'killed before the end').to.be.greaterThan(0);
      expectSame(await finish(lets), expected);
      const repeated = lets.written.length - expected.granted;
      report(`${lets.written.length} key codes stored, ${repeated} of them once more with the same value`);
    }).timeout(runs(120_000, 3_600_000));

    async function openLets(): Promise<HolidayLets> {
      const lets = await HolidayLets.open(engine, RECORDS);
      open.push(lets);
      return lets;
    }
  });
});

/** Undisturbed to the end. */
async function finish(lets: HolidayLets): Promise<PulledState> {
  const child = lets.pull();
  expect(await child.ended, child.errors()).to.equal(0);
  expect(child.lines).to.deep.equal(['pulling', 'run succeeded ', 'idle']);
  return lets.open(async (parts) => {
    await expectSettled(lets, parts);
    return pulledState(parts);
  });
}

interface Moment {
  readonly ms: number;
  /** With the answer to this write, counted from the start, before it is sent, if the time has not come by then. */
  readonly atWrite: number;
}

/** Whatever it does at the time, or at one of the writes; at the last of its share at the latest. */
function moment(random: () => number, withinMs: number, share: number): Moment {
  return { ms: random() * withinMs, atWrite: random() < 0.4 ? Math.floor(random() * share) : share };
}

async function pullUntil(lets: HolidayLets, { ms, atWrite }: Moment): Promise<number | NodeJS.Signals> {
  const child = lets.pull();
  const kill = () => void child.child.kill('SIGKILL');
  let left = atWrite;
  lets.onWritten = () => {
    left -= 1;
    if (left < 0) kill();
  };
  await Promise.race([child.line((line) => line === 'pulling'), child.ended]);
  const timer = setTimeout(kill, ms);
  const how = await child.ended;
  clearTimeout(timer);
  lets.onWritten = () => undefined;
  return how;
}

/** While nobody can tell yet that the process is dead, another one is told who runs. */
async function expectRefused(lets: HolidayLets): Promise<void> {
  const holder = await lets.holder();
  if (holder === null) return;
  const { code, error } = await lets.sync();
  expect([code, error]).to.deep.equal([75, `latchkey: This is already being done by ${holder}.\n`]);
  expect(holder).to.match(/^a run \(schedule\) of process \d+ on /);
}

function report(line: string): void {
  if (process.env['NIGHTLY'] !== undefined) console.log(`      ${line}`);
}
