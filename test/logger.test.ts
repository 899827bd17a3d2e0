import { expect } from 'chai';
import { generateKeyRing } from '../src/credentials/key-ring.js';
import { createMagicLinkSecret } from '../src/credentials/magic-link-secret.js';
import { Secret } from '../src/credentials/secret.js';
import { createToken, TOKEN_PREFIXES } from '../src/credentials/tokens.js';
import { DatabaseUnavailable } from '../src/errors.js';
import { createLogger, type LogLevel } from '../src/logger.js';

describe('the log', () => {
  /** What is written while `act` runs. */
  function written(level: LogLevel, act: (logger: ReturnType<typeof createLogger>) => void): { stderr: string; stdout: string } {
    const texts = { stderr: '', stdout: '' };
    const streams = { stderr: process.stderr, stdout: process.stdout };
    const original = { stderr: process.stderr.write, stdout: process.stdout.write };
    for (const name of ['stderr', 'stdout'] as const) {
      streams[name].write = (chunk: string | Uint8Array) => {
        texts[name] += String(chunk);
        return true;
      };
    }
    try {
      act(createLogger(level));
    } finally {
      for (const name of ['stderr', 'stdout'] as const) streams[name].write = original[name];
    }
    return texts;
  }
  const line = (fields: Readonly<Record<string, unknown>>) => {
    const { stderr } = written('info', (logger) => logger.error('it happened', fields));
    return JSON.parse(stderr) as Record<string, unknown>;
  };

  it('is one JSON line per event on standard error, with level, message, time and fields', () => {
    const { stderr, stdout } = written('debug', (logger) => {
      logger.error('one', { integrationId: 'int_1' });
      logger.warn('two');
      logger.info('three');
      logger.debug('four');
    });

    const lines = stderr
      .trimEnd()
      .split('\n')
      .map((text) => JSON.parse(text) as Record<string, unknown>);
    expect(lines.map(({ level, message }) => `${level}: ${message}`)).to.deep.equal([
      'error: one',
      'warn: two',
      'info: three',
      'debug: four',
    ]);
    expect(lines[0]).to.include({ integrationId: 'int_1' });
    for (const { timestamp } of lines) expect(timestamp).to.match(/^\d{4}-\d{2}-\d{2}T.*Z$/);
    expect(stdout).to.equal('');
  });

  it('keeps one line whatever a text holds', () => {
    const { stderr } = written('info', (logger) => logger.info('event', { name: 'a\nfake {"level":"error"}\r\u2028b' }));

    expect(stderr.trimEnd().split('\n')).to.have.length(1);
    expect(JSON.parse(stderr)).to.include({ name: 'a\nfake {"level":"error"}\r\u2028b' });
  });

  it('says nothing below its level, and nothing at all when it is silent', () => {
    const all = (logger: ReturnType<typeof createLogger>) => {
      for (const level of ['error', 'warn', 'info', 'debug'] as const) logger[level](level);
    };

    expect(written('warn', all).stderr.trimEnd().split('\n')).to.have.length(2);
    expect(written('silent', all)).to.deep.equal({ stderr: '', stdout: '' });
  });

  describe('holds no secret', () => {
    const CANARY = 'canary-7f3a91';
    const names = [
      'authorization',
      'Authorization',
      'cookie',
      'set-cookie',
      'token',
      'accessToken',
      'refresh_token',
      'pin',
      'pins',
      'secret',
    ];
    const more = [
      'clientSecret',
      'client_secret',
      'SECRET_KEYS',
      'secretKeys',
      'password',
      'passwordOld',
      'url',
      'databaseUrl',
      'DATABASE_URL',
    ];
    for (const name of [
      ...names,
      ...more,
      'webhookUrl',
      'magicLink',
      'link',
      'sealed',
      'hash',
      'tokenHash',
      'pin_hash',
      'digits',
      'credentials',
    ]) {
      it(`under the name ${name}, at any depth`, () => {
        const text = JSON.stringify(line({ [name]: CANARY, deep: { list: [{ [name]: { inside: CANARY } }] } }));

        expect(text).not.to.include(CANARY);
        expect(text).to.include('[secret]');
      });
    }

    for (const name of ['userId', 'tokenId', 'pinId', 'integrationId', 'path', 'publicUrl', 'name', 'status', 'retryInSeconds']) {
      it(`but says what ${name} is`, () => {
        expect(line({ [name]: 'visible' })).to.include({ [name]: 'visible' });
      });
    }

    const [token, apiToken] = [createToken('scim').token.expose(), createToken('api').token.expose()];
    const texts: readonly (readonly [string, string, string])[] = [
      ['a SCIM token', `GET /scim/v2/Users/${token}`, token],
      ['an API token', `token=${apiToken};`, apiToken],
      ['a bearer header', `authorization: Bearer ${CANARY}`, CANARY],
      ['the password of a database', `connect to postgres://latchkey:${CANARY}@db.example.com:5432/doors failed`, CANARY],
      ['the user of a URL', `https://${CANARY}@example.com/hook`, CANARY],
    ];
    for (const [what, text, secret] of texts) {
      it(`such as ${what} in the middle of a text, of an error or of its cause`, () => {
        const error = new Error(text, { cause: new Error(text, { cause: new AggregateError([new Error(text)], text) }) });

        const logged = JSON.stringify(line({ text, error, list: [text] }));

        expect(logged).not.to.include(secret);
        expect(logged.match(/\[secret\]/g)?.length).to.be.at.least(6);
      });
    }

    it('such as the secret part of a Magic Link', () => {
      const secret = createMagicLinkSecret().expose();
      const text = JSON.stringify(line({ text: `open https://doors.example.com/m/ml_0123456789abcdefghjkmnpqrs#${secret} now` }));

      expect(text).not.to.include(secret);
      expect(text).to.include('/m/ml_0123456789abcdefghjkmnpqrs#[secret] now');
    });

    it('such as the secret part of a webhook address', () => {
      const text = JSON.stringify(line({ error: new Error(`https://doors.example.com/webhooks/int_0123/${CANARY} is not valid`) }));

      expect(text).not.to.include(CANARY);
      expect(text).to.include('/webhooks/int_0123/[secret] is not valid');
    });

    it('such as what is wrapped as one', () => {
      expect(JSON.stringify(line({ value: new Secret(CANARY), list: [new Secret(CANARY)] }))).not.to.include(CANARY);
    });

    it('such as bytes', () => {
      expect(line({ key: Buffer.from(CANARY), list: [new Uint8Array([1, 2])] })).to.deep.include({ key: '[bytes]', list: ['[bytes]'] });
    });

    it('such as what a driver hangs on its errors', () => {
      const error = Object.assign(new Error('duplicate key'), {
        code: '23505',
        detail: `Key (hash)=(${CANARY})`,
        parameters: [CANARY],
        config: { a: CANARY },
      });

      const logged = line({ error: new DatabaseUnavailable({ cause: error }) });

      expect(JSON.stringify(logged)).not.to.include(CANARY);
      expect(JSON.stringify(logged)).to.include('23505').and.include('duplicate key');
    });

    it('such as the keys of the installation', () => {
      const keys = generateKeyRing();
      expect(JSON.stringify(line({ config: { secretKeys: keys, port: 1 } }))).not.to.include(keys);
    });
  });

  it('names error, cause and the errors of a whole with their places', () => {
    const { error } = line({ error: new AggregateError([new Error('first'), new TypeError('second')], 'both') }) as {
      error: { name: string; message: string; stack: string; errors: { name: string }[] };
    };

    expect(error).to.include({ name: 'AggregateError', message: 'both' });
    expect(error.stack).to.include('logger.test.ts');
    expect(error.errors.map(({ name }) => name)).to.deep.equal(['Error', 'TypeError']);
  });

  it('survives what cannot be written as JSON, and what goes round in a circle', () => {
    const circle: Record<string, unknown> = { name: 'circle' };
    circle['self'] = circle;
    const error: Error & { cause?: unknown } = new Error('round');
    error.cause = error;

    for (const fields of [
      { circle },
      { error },
      { big: 2n ** 70n },
      { nothing: undefined, none: null },
      { text: '\ud800' },
      { deep: [[[[[[[[1]]]]]]]] },
    ]) {
      expect(line(fields)).to.include({ message: 'it happened' });
    }
  });

  it('takes the tokens of every kind out of texts', () => {
    for (const prefix of Object.values(TOKEN_PREFIXES)) {
      const token = `${prefix}${'a'.repeat(43)}`;
      expect(line({ text: `with ${token} in it` })['text'], prefix).to.equal(`with ${prefix}[secret] in it`);
    }
  });

  it('writes long texts that look like the beginning of a secret again and again as they are', () => {
    const texts = [
      '://'.repeat(50_000),
      'lks_'.repeat(50_000),
      'bearer '.repeat(30_000),
      '/m/'.repeat(50_000),
      `://${'a'.repeat(200_000)}`,
      `/m/${'a'.repeat(200_000)}`,
    ];
    for (const text of texts) expect(line({ text })['text'] === text, text.slice(0, 20)).to.equal(true);
  });
});
