import { openDatabase } from '../../../src/db/open.js';
import { Post, TestTime } from '../outbox.js';

// Arguments: engine, place. Says what it sends, and is never told that it has arrived.
const [engine, at] = process.argv.slice(2);
const db = openDatabase({ engine: engine === 'postgres' ? 'postgres' : 'sqlite', at: at ?? '' }, () => undefined);
const post = new Post(db, new TestTime());
post.answer = ({ id }) => {
  console.log(`sent ${id}`);
  return new Promise(() => setInterval(() => undefined, 60_000));
};
await post.worker.drain();
