import type { Reader, Tx } from '../db/database.js';
import { statement } from '../db/statement.js';
import type { ResourceType } from '../domain/scim.js';

/**
 * How many resources each block of consecutive row numbers holds. The sum is totalResults, and a startIndex anywhere
 * in a list is found by adding up blocks instead of walking rows: the last page costs what the first does.
 */
const BLOCK_ROWS = 512;

interface Place {
  readonly integrationId: string;
  readonly resourceType: ResourceType;
}

const bump = statement<Place & { block: number }>('blocks.bump', (sql, p) =>
  sql('directory_blocks')
    .insert({ integration_id: p.integrationId, resource_type: p.resourceType, block: p.block, total: 1 })
    .onConflict(['integration_id', 'resource_type', 'block'])
    .merge({ total: sql.raw('directory_blocks.total + 1') }),
);
const drop = statement<Place & { block: number }>('blocks.drop', (sql, p) =>
  sql('directory_blocks')
    .where({ integration_id: p.integrationId, resource_type: p.resourceType, block: p.block })
    .update({ total: sql.raw('total - 1') }),
);
const sum = statement<Place, { total: number }>('blocks.sum', (sql, p) =>
  sql('directory_blocks')
    .where({ integration_id: p.integrationId, resource_type: p.resourceType })
    .select(sql.raw('cast(coalesce(sum(total), 0) as bigint) as total')),
);
const locate = statement<Place & { skip: number }, { block: number; before: number }>('blocks.locate', (sql, p) =>
  sql
    .select('block', 'before')
    .from(
      sql('directory_blocks')
        .where({ integration_id: p.integrationId, resource_type: p.resourceType })
        .select('block', 'total', sql.raw('cast(sum(total) over (order by block) - total as bigint) as before'))
        .as('running'),
    )
    .whereRaw('before + total > cast(? as bigint)', [p.skip])
    .orderBy('block')
    .limit(1),
);

/** Counts a new row. The last write of its transaction: until the commit, others that create in the same block wait. */
export async function countIn(tx: Tx, place: Place, seq: number): Promise<void> {
  await tx.run(bump, { ...place, block: Math.floor(seq / BLOCK_ROWS) });
}

export async function countOut(tx: Tx, place: Place, seq: number): Promise<void> {
  await tx.run(drop, { ...place, block: Math.floor(seq / BLOCK_ROWS) });
}

/** All resources of a type in one directory. */
export async function countAll(reader: Reader, place: Place): Promise<number> {
  return (await reader.first(sum, place))?.total ?? 0;
}

/** Where the row after `skip` others is: from which row number to read, and how many of the rows there to pass over. */
export async function locateRow(reader: Reader, place: Place, skip: number): Promise<{ fromSeq: number; offset: number } | null> {
  const found = await reader.first(locate, { ...place, skip });
  return found === undefined ? null : { fromSeq: found.block * BLOCK_ROWS, offset: skip - found.before };
}
