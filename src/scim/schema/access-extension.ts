import SCIMMY from 'scimmy';
import { ACCESS_URN } from '../../domain/scim.js';

const { Attribute, SchemaDefinition } = SCIMMY.Types;

const window = (whose: string) => [
  new Attribute('dateTime', 'validFrom', { description: `When ${whose} begins. Absent: it has always begun.` }),
  new Attribute('dateTime', 'validUntil', { description: `When ${whose} ends; the end does not belong to it. Absent: it does not end.` }),
];

/** What opens doors: windows, PIN and card, which the standard schemas have no words for. */
export const ACCESS_DEFINITION = new SchemaDefinition('AccessUser', ACCESS_URN, 'Access of the User to doors', [
  ...window('the access of the User'),
  new Attribute('complex', 'accessPeriods', { multiValued: true, description: 'Windows of single Groups; several for one Group add up.' }, [
    new Attribute('string', 'value', { required: true, caseExact: true, description: 'The id of the Group.' }),
    ...window('the access through this Group'),
  ]),
  new Attribute('string', 'pin', {
    direction: 'in',
    returned: 'never',
    caseExact: true,
    description: 'A PIN of 4 to 20 digits. Never returned.',
  }),
  new Attribute('string', 'card', { caseExact: true, description: 'The identifier of an access card.' }),
  new Attribute('string', 'syncStatus', { mutable: false, description: 'Whether the User has a member: synced or none.' }),
  new Attribute('string', 'skipReason', { mutable: false, description: 'Why the User has no member.' }),
]);
