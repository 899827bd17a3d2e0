import type { Account } from '../adapter.js';
import { UpstreamRefused } from '../upstream-errors.js';
import { groupsPage, userByKey } from './client.js';
import { adminOf, type GoogleContext } from './context.js';
import { checkCustomer } from './customer.js';
import { domainOf } from './text.js';

/** Whose directory this is. Asks for a group too, so that a missing right is found now and not in the middle of the first read. */
export async function accountOf(context: GoogleContext): Promise<Account> {
  const email = await adminOf(context);
  const admin = await userByKey(context, email);
  if (admin === null) throw new UpstreamRefused('The admin of this connection is not in this Google Workspace account.');
  await checkCustomer(context, [admin]);
  await groupsPage(context, undefined, 1);
  const domain = domainOf(admin.primaryEmail);
  return {
    id: admin.customerId,
    name: domain,
    details: [
      { label: 'Admin', value: admin.primaryEmail },
      { label: 'Domain', value: domain },
    ],
  };
}
