import type { IncomingMessage } from 'node:http';

const MAPPED_IPV4 = '::ffff:';
const GROUPS = 8;
const GROUPS_OF_NETWORK = 4;

/**
 * Who is at the other end of the connection, as a key to count by. Never from `X-Forwarded-For`, which anybody can write.
 * Of IPv6 the /64, since every host has that many addresses to choose from.
 */
export function clientAddress({ socket: { remoteAddress = '' } }: Pick<IncomingMessage, 'socket'>): string {
  if (remoteAddress.startsWith(MAPPED_IPV4)) return remoteAddress.slice(MAPPED_IPV4.length);
  if (!remoteAddress.includes(':')) return remoteAddress;
  const [head = '', tail] = remoteAddress.split('::');
  const left = head === '' ? [] : head.split(':');
  const right = tail === undefined || tail === '' ? [] : tail.split(':');
  const zeros = tail === undefined ? 0 : GROUPS - left.length - right.length;
  const groups = [...left, ...Array.from({ length: zeros }, () => '0'), ...right];
  return `${groups.slice(0, GROUPS_OF_NETWORK).join(':')}::/64`;
}
