import type { AccessPlan } from '../domain/access.js';
import type { RunChange } from './pull.js';

/** What a plan did to one User's access, a sentence each. */
export function changesOf(userId: string, name: string, plan: Pick<AccessPlan, 'changes'> | null): RunChange[] {
  return (plan?.changes ?? []).map(({ kind, because }) => ({ userId, name, change: kind, because }));
}
