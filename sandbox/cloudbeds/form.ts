/** A form as PHP reads it: `customFields[0][customFieldName]=…` nests. */
export interface Form {
  readonly [name: string]: string | Form;
}

const FORBIDDEN = new Set(['__proto__', 'constructor', 'prototype']);

export function phpForm(text: string): Form {
  const form: { [name: string]: string | Form } = {};
  for (const [key, value] of new URLSearchParams(text)) place(form, key.replaceAll(']', '').split('['), value);
  return form;
}

/** The entries of a nested list, in order. */
export function listIn(form: Form, name: string): readonly Form[] {
  const list = form[name];
  return typeof list === 'object' ? Object.values(list).filter((entry) => typeof entry === 'object') : [];
}

export function textIn(form: Form, name: string): string {
  const value = form[name];
  return typeof value === 'string' ? value : '';
}

function place(form: { [name: string]: string | Form }, path: readonly string[], value: string): void {
  const [name = '', ...rest] = path;
  if (FORBIDDEN.has(name)) return;
  if (rest.length === 0) form[name] = value;
  else {
    const inner = form[name];
    const next = typeof inner === 'object' ? { ...inner } : {};
    place(next, rest, value);
    form[name] = next;
  }
}
