import type { Reader } from '../db/database.js';
import { statement } from '../db/statement.js';
import { pinHash } from './pin-store.js';
import { type KeyRing, Unsealable } from './sealed.js';

/** Hashes are as good as random, so the first of them are a fair sample of all PINs, whoever wrote them. */
const SAMPLE = 20;

const sample = statement<{ limit: number }, { id: string; hash: string; sealed: string }>('pins.sample', (sql, p) =>
  sql.raw('select id, hash, sealed from pins where hash is not null order by hash limit cast(? as bigint)', [p.limit]),
);

/**
 * Are these the keys that the database was written with? With others nothing fails at first: PINs are given and cannot
 * be found again, and a new one may be somebody's already. False as well when the oldest key is not the last one.
 */
export async function keysFit(reader: Reader, keys: KeyRing): Promise<boolean> {
  const rows = await reader.all(sample, { limit: SAMPLE });
  return rows.every(({ id, hash, sealed }) => {
    try {
      return pinHash(keys, keys.open(sealed, 'pins', id).expose()) === hash;
    } catch (error) {
      if (error instanceof Unsealable) return false;
      throw error;
    }
  });
}
