import { createHash } from 'node:crypto';
import type { GuestyContext } from './context.js';

/** How a reservation takes a key code: made through v3, or imported from a channel and of old. */
export type Route = 'v3' | 'legacy';

/** What was put into a reservation: a digest that tells our value from anybody else's, and the route that took it, if it matters. */
export interface Written {
  readonly digest: string;
  readonly route: Route | null;
}

export type WrittenKind = 'key-code' | 'link';

export async function written(context: GuestyContext, kind: WrittenKind, id: string): Promise<Written | null> {
  const text = await context.vault.get(keyFor(kind, id));
  return text === null ? null : (JSON.parse(text) as Written);
}

export async function remember(context: GuestyContext, kind: WrittenKind, id: string, value: string, route: Route | null): Promise<void> {
  await context.vault.put(keyFor(kind, id), JSON.stringify({ digest: digestOf(id, value), route } satisfies Written));
}

export async function forget(context: GuestyContext, kind: WrittenKind, id: string): Promise<void> {
  await context.vault.put(keyFor(kind, id), null);
}

export function isOurs({ digest }: Written, id: string, value: string | null): boolean {
  return value !== null && digestOf(id, value) === digest;
}

function keyFor(kind: WrittenKind, id: string): string {
  return `${kind}:${id}`;
}

function digestOf(id: string, value: string): string {
  return createHash('sha256').update(`${id}:${value}`).digest('base64url');
}
