import { NexudusSandbox } from '../../../sandbox/nexudus/sandbox.js';
import type { SimulatedSource, TroubledSource } from '../simulated-source.js';

const SHARED_SECRET = 'the shared secret of webhooks';

export interface NexudusSource extends SimulatedSource {
  readonly sandbox: NexudusSandbox;
}

/** A simulated Nexudus that is as quick as a test wants it, signs its webhooks, and has one location. */
export async function nexudusSource(): Promise<NexudusSource> {
  const sandbox = await new NexudusSandbox().start();
  sandbox.throttle.limits = [];
  sandbox.space.hooks.switches.sharedSecret = SHARED_SECRET;
  sandbox.space.addBusiness('Harbour Works', 'harbour');
  return {
    ...{ kind: 'nexudus', sandbox, server: sandbox.server, settings: {} },
    config: { apiBaseUrl: sandbox.apiBaseUrl },
    secrets: { ...sandbox.signIn.account, webhookSecret: SHARED_SECRET },
    deliver: () => sandbox.space.settled(),
    stop: () => sandbox.stop(),
  };
}

/** Coworkers with a pass without an end, ten on a page. */
export async function troubledNexudus(): Promise<TroubledSource> {
  const source = await nexudusSource();
  const { space, tables, lists, signIn } = source.sandbox;
  const { Id: passId } = space.addTimePass('Day pass');
  const { password } = signIn.account;
  lists.sizeMax = 10;
  return {
    ...source,
    resource: 'Day pass',
    others: 0,
    manyPages: 25,
    list: 'GET /api/spaces/coworkers?',
    thirdPage: 'spaces/coworkers?orderBy=Id&page=3',
    invite: (count) =>
      Array.from({ length: count }, () => {
        const { Id } = space.addCoworker('Ada Park');
        space.givePass(Id, passId);
        return String(Id);
      }),
    revoke: (id) => void space.suspend(Number(id)),
    lose: (id) => void tables.remove('Coworker', Number(id)),
    conceal(id) {
      const concealed = tables.remove('Coworker', Number(id));
      return () => void tables.insert('Coworker', concealed);
    },
    touch: (id) => void space.changeCoworker(Number(id), {}),
    async reorder(work) {
      space.hooks.hold();
      work();
      space.hooks.release();
      await space.settled();
    },
    forge: (message) => ({ ...message, body: message.body.replace('"Id"', ' "Id"') }),
    hide: (hidden) => void Object.assign(lists, { empty: hidden ? ['Coworker'] : [] }),
    refuse(refused) {
      Object.assign(signIn.account, { password: refused ? 'another one' : password });
      signIn.expireAccessTokens();
      signIn.expireRefreshTokens();
    },
  };
}
