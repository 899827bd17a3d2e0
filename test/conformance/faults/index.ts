import { DISCOVERY_FAULTS } from './discovery.js';
import type { Fault } from './fault.js';
import { FILTER_FAULTS } from './filter.js';
import { PATCH_FAULTS } from './patch.js';
import { QUERY_FAULTS } from './query.js';
import { RESOURCE_FAULTS } from './resources.js';
import { STRUCTURE_FAULTS } from './structures.js';
import { TRANSPORT_FAULTS } from './transport.js';

export const FAULTS: readonly Fault[] = [
  ...DISCOVERY_FAULTS,
  ...TRANSPORT_FAULTS,
  ...RESOURCE_FAULTS,
  ...PATCH_FAULTS,
  ...FILTER_FAULTS,
  ...QUERY_FAULTS,
  ...STRUCTURE_FAULTS,
];
