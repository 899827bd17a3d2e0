import { forEachEngine } from '../support/engines.js';
import { worldOf } from '../support/world.js';
import { storeSuite } from '../suites/store-suite.js';

describe('the directory', () => {
  forEachEngine((engine) => {
    const world = worldOf(engine);
    storeSuite(() => world().db);
  });
});
