import { createHmac } from 'node:crypto';
import { expect } from 'chai';
import fc from 'fast-check';
import { nexudusAdapter } from '../../../src/adapters/nexudus/adapter.js';
import { hintsOf, verifyWebhook } from '../../../src/adapters/nexudus/webhook.js';
import type { WebhookRequest } from '../../../src/adapters/adapter.js';
import type { NexudusSecrets } from '../../../src/domain/generated/adapters/nexudus/secrets.js';

const SECRET = 'nexudus-shared-secret';
const SIGNED: NexudusSecrets = { email: 'a@example.test', password: 'x', webhookSecret: SECRET };
const UNSIGNED: NexudusSecrets = { email: 'a@example.test', password: 'x' };
const CHANGES = [{ kind: 'changes' }];

function message(path: string, body: string | Buffer, signature?: string): WebhookRequest {
  const headers = signature === undefined ? {} : { 'x-nexudus-hook-signature': signature };
  return { headers, path, query: {}, body: Buffer.from(body) };
}
const entity = (sourceKey: string) => ({ kind: 'entity', sourceKey });

describe('nexudus: signatures of webhooks', () => {
  const booking =
    '[{"Id":1500002001,"ResourceId":1500000301,"CoworkerId":1500000101,"FromTime":"2026-11-24T09:00:00Z","ToTime":"2026-11-24T10:30:00Z"}]';
  const vectors: [string, string, string][] = [
    ['raw', booking, 'B871B49DCF2EDE9B83750E10EEA8E29977F83F8A1A51A824AFF7E165D01F9D65'],
    ['UTF-8 raw', '[{"CoworkerFullName":"José Peña"}]', 'A9E47EFB82F9D4B931C5B41FDB5451EE27B802D43F65521C20EC3DCEDC25C338'],
    ['ASCII-lossy', '[{"CoworkerFullName":"José Peña"}]', 'BA7BE6249245DFDF94D92B5E3C2D1061079120FE74D1DB206F2347DCCB8921E0'],
    ['UTF-8 raw, a surrogate pair', '[{"CoworkerFullName":"Ada 🚪"}]', 'B89499A404263D8BBC58525B278F24A30F6F038C337020BB2421AC86E0913EC3'],
    [
      'ASCII-lossy, a surrogate pair',
      '[{"CoworkerFullName":"Ada 🚪"}]',
      '7570181DE7B4411BE46B56816B23DD19E1C12A23906942D73BE868C38A05FF5F',
    ],
  ];
  for (const [rule, body, signature] of vectors) {
    it(`${rule}: in capitals and in small letters (N11)`, () => {
      expect(verifyWebhook(message('6', body, signature), SIGNED).kind).to.equal('genuine');
      expect(verifyWebhook(message('6', body, signature.toLowerCase()), SIGNED).kind).to.equal('genuine');
    });

    it(`${rule}: not for another body or another secret`, () => {
      expect(verifyWebhook(message('6', `${body} `, signature), SIGNED).kind).to.equal('refused');
      expect(verifyWebhook(message('6', body, signature), { ...SIGNED, webhookSecret: 'other' }).kind).to.equal('refused');
    });
  }

  for (const [name, signature] of [
    ['none', undefined],
    ['empty', ''],
    ['too short', 'B871B49D'],
    ['no hex', 'Z'.repeat(64)],
    ['a list of many', `${'A'.repeat(64)},`.repeat(1_000)],
    ['with something behind it', `${'A'.repeat(64)}\n`],
  ] as const) {
    it(`is refused, without an exception: ${name} (F1, F4, F5)`, () => {
      expect(verifyWebhook(message('6', booking, signature), SIGNED).kind).to.equal('refused');
    });
  }

  it('never says what was sent', () => {
    const verdict = verifyWebhook(message('6', 'canary-body', 'canary-signature'), SIGNED);
    expect(JSON.stringify(verdict)).not.to.contain('canary');
  });

  it('uses the secret of the application where no other is given', () => {
    const secrets = { applicationKey: 'k', secretKey: SECRET, installToken: 't' };
    expect(verifyWebhook(message('6', booking, vectors[0]?.[2]), secrets).kind).to.equal('genuine');
    expect(verifyWebhook(message('6', booking), secrets).kind).to.equal('refused');
    expect(verifyWebhook(message('6', booking, vectors[0]?.[2]), { ...secrets, webhookSecret: 'other' }).kind).to.equal('refused');
  });

  it('without a shared secret the secret address is all there is', () => {
    expect(verifyWebhook(message('6', booking), UNSIGNED)).to.deep.equal({ kind: 'genuine', messageId: null });
  });

  it('takes any body whose hash is right, in both forms', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (body) => {
        const ascii = Array.from({ length: body.length }, (_, at) => (body.charCodeAt(at) < 128 ? body[at] : '?')).join('');
        for (const hashed of [body, ascii]) {
          const signature = createHmac('sha256', SECRET).update(hashed, 'utf8').digest('hex');
          expect(verifyWebhook(message('6', body, signature), SIGNED).kind).to.equal('genuine');
        }
      }),
    );
  });
});

describe('nexudus: which messages are the same', () => {
  const idOf = (path: string, body: string) => {
    const verdict = verifyWebhook(message(path, body), UNSIGNED);
    return verdict.kind === 'genuine' ? verdict.messageId : 'refused';
  };

  it('those with one action, record and time of change (F8)', () => {
    expect(idOf('6', '[{"Id":5,"UpdatedOn":"2026-11-23T08:00:00Z"}]')).to.equal('6:5:2026-11-23T08:00:00Z');
    expect(idOf('7', '[{"Id":5,"UpdatedOn":"2026-11-23T08:00:00Z"}]')).to.equal('7:5:2026-11-23T08:00:00Z');
  });

  it('never those about access, which come without any change of the record', () => {
    expect(idOf('61', '[{"Id":5,"UpdatedOn":"2026-11-23T08:00:00Z"}]')).to.equal(null);
  });

  it('nor those that do not say', () => {
    for (const body of ['[{"Id":5}]', '[{"UpdatedOn":"2026"}]', '{', '[]']) expect(idOf('6', body)).to.equal(null);
  });
});

describe('nexudus: what a message is a hint to', () => {
  const table: [string, string, string, readonly unknown[]][] = [
    ['a coworker changed', '2', '[{"Id":101,"FullName":"Ada"}]', [entity('101')]],
    ['a coworker was deleted', '50', '[{"Id":101}]', [entity('101')]],
    ['a booking was made', '6', '[{"Id":2001,"CoworkerId":101}]', [entity('101')]],
    ['a booking of nobody', '6', '[{"Id":2001,"CoworkerId":null}]', []],
    ['a booking was deleted', '8', '[{"Id":2001,"CoworkerId":"101"}]', [entity('101')]],
    ['a contract was deleted', '77', '[{"Id":88001,"CoworkerId":101}]', [entity('101')]],
    ['access changed, and it says whose', '61', '[{"CoworkerId":101}]', [entity('101')]],
    ['access changed, and the record is a coworker', '61', '[{"Id":101,"FullName":"Ada"}]', [entity('101')]],
    ['access changed, in a form that nobody knows', '61', '[{"Id":5}]', CHANGES],
    ['a desk changed', '73', '[{"Id":3301,"CoworkerId":101}]', CHANGES],
    ['a tariff was made', '74', '[{"Id":5501}]', CHANGES],
    ['a record without its array', '6', '{"Id":2001,"CoworkerId":101}', [entity('101')]],
    ['a longer path', 'x/6', '[{"Id":2001,"CoworkerId":101}]', [entity('101')]],
    ['an action that cannot matter', '15', '[{"Id":1}]', []],
    ['an action of the future', '999', '[{"Id":1}]', []],
    ['no action', '', '[{"Id":2001,"CoworkerId":101}]', CHANGES],
    ['an action that is no number', '6e0', '[{"Id":2001,"CoworkerId":101}]', CHANGES],
    ['no JSON', '6', '<html>', CHANGES],
    ['an empty array', '6', '[]', CHANGES],
    ['an array of something else', '6', '[1,null]', CHANGES],
    ['too many records', '6', JSON.stringify(Array.from({ length: 100 }, (_, Id) => ({ Id, CoworkerId: Id + 1 }))), CHANGES],
    ['an id that is a path', '2', '[{"Id":"../1"}]', CHANGES],
    ['keys of the prototype', '6', '[{"__proto__":{"CoworkerId":5},"constructor":1}]', CHANGES],
  ];
  for (const [name, path, body, expected] of table) {
    it(`${name} (F10, F12)`, () => expect(hintsOf(message(path, body))).to.deep.equal(expected));
  }

  it('whatever comes, there is an answer and nothing is thrown', () => {
    fc.assert(
      fc.property(fc.string(), fc.oneof(fc.json(), fc.string()), (path, body) => {
        for (const hint of nexudusAdapter.webhook?.hints(message(path, body)) ?? []) expect(['entity', 'changes']).to.include(hint.kind);
      }),
    );
    expect(Object.keys(Object.prototype)).to.deep.equal([]);
  });
});
