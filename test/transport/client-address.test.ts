import type { Socket } from 'node:net';
import { expect } from 'chai';
import { clientAddress } from '../../src/transport/client-address.js';

const of = (remoteAddress: string | undefined) => clientAddress({ socket: { remoteAddress } as Socket });

describe('client address', () => {
  for (const [remote, key] of [
    ['203.0.113.9', '203.0.113.9'],
    ['::ffff:203.0.113.9', '203.0.113.9'],
    ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'],
    ['2001:db8:1:2::6', '2001:db8:1:2::/64'],
    ['2001:db8::6', '2001:db8:0:0::/64'],
    ['::1', '0:0:0:0::/64'],
    ['fe80::', 'fe80:0:0:0::/64'],
    [undefined, ''],
  ] as const) {
    it(`of ${remote ?? 'a closed socket'} is ${key === '' ? 'empty' : key}`, () => {
      expect(of(remote)).to.equal(key);
    });
  }

  it('is the same for all addresses of an IPv6 network, so that nobody has 2^64 tries', () => {
    expect(of('2001:db8:1:2::1')).to.equal(of('2001:db8:1:2:ffff::'));
    expect(of('2001:db8:1:2::1')).not.to.equal(of('2001:db8:1:3::1'));
  });
});
