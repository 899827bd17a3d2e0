import { ACCESS_URN, ENTERPRISE_URN, GROUP_URN, PATCH_OP_URN, USER_URN } from '../src/domain/scim.js';

/** A person as the identity provider of the demo company knows them. */
export interface Person {
  readonly id: string;
  readonly name: string;
  readonly email: string;
  readonly department: string;
  readonly groups: readonly string[];
  /** Assigned, then switched off. */
  readonly leaves?: boolean;
  /** What goes into the access extension. */
  readonly access?: (groupId: (name: string) => string) => object;
}

/** One request as it went over the wire. */
export interface Exchange {
  readonly request: string;
  readonly status: number;
}

/**
 * An identity provider that pushes people the way Microsoft Entra ID does: match, create, then one PATCH for each
 * membership, and `"False"` as text when somebody leaves.
 */
export class IdentityProvider {
  readonly exchanges: Exchange[] = [];
  readonly #baseUrl: string;
  readonly #token: string;
  readonly #groupIds = new Map<string, string>();

  constructor(baseUrl: string, token: string) {
    this.#baseUrl = baseUrl;
    this.#token = token;
  }

  /** Finds the Group by its name or creates it, without members. Returns its id. */
  async pushGroup(displayName: string): Promise<string> {
    const filter = encodeURIComponent(`displayName eq "${displayName}"`);
    const known = await this.#send('GET', `/Groups?excludedAttributes=members&filter=${filter}`);
    const id = idOf(firstOf(known)) ?? idOf(await this.#send('POST', '/Groups', groupBody(displayName)));
    if (id === null) throw new Error(`the server gave no id for the Group ${displayName}`);
    this.#groupIds.set(displayName, id);
    return id;
  }

  /** Matches, creates, adds to Groups; who leaves is switched off at the end. Returns the id of the User. */
  async pushPerson(person: Person): Promise<string> {
    await this.#send('GET', `/Users?filter=${encodeURIComponent(`userName eq "${person.email}"`)}`);
    const id = idOf(await this.#send('POST', '/Users', this.#userBody(person)));
    if (id === null) throw new Error(`the server gave no id for ${person.email}`);
    for (const group of person.groups) {
      await this.#patch(`/Groups/${this.#groupId(group)}`, { op: 'Add', path: 'members', value: [{ $ref: null, value: id }] });
    }
    if (person.leaves === true) await this.switchOff(id);
    return id;
  }

  async switchOff(id: string): Promise<void> {
    await this.#patch(`/Users/${id}`, { op: 'Replace', path: 'active', value: 'False' });
  }

  #userBody(person: Person): object {
    const [givenName, familyName] = person.name.split(' ');
    const access = person.access?.((name) => this.#groupId(name));
    return {
      schemas: [USER_URN, ENTERPRISE_URN, ...(access === undefined ? [] : [ACCESS_URN])],
      externalId: person.id,
      userName: person.email,
      displayName: person.name,
      active: true,
      name: { formatted: person.name, givenName, familyName },
      emails: [{ primary: true, type: 'work', value: person.email }],
      meta: { resourceType: 'User' },
      roles: [],
      [ENTERPRISE_URN]: { department: person.department },
      ...(access === undefined ? {} : { [ACCESS_URN]: access }),
    };
  }

  #groupId(name: string): string {
    const id = this.#groupIds.get(name);
    if (id === undefined) throw new Error(`the Group ${name} has not been pushed`);
    return id;
  }

  #patch(path: string, operation: object): Promise<unknown> {
    return this.#send('PATCH', path, { schemas: [PATCH_OP_URN], Operations: [operation] });
  }

  async #send(method: string, path: string, body?: object): Promise<unknown> {
    const response = await fetch(`${this.#baseUrl}${path}`, {
      method,
      headers: { authorization: `Bearer ${this.#token}`, 'content-type': 'application/scim+json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    this.exchanges.push({ request: `${method} ${decodeURIComponent(path)}`, status: response.status });
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${text}`);
    return text === '' ? null : (JSON.parse(text) as unknown);
  }
}

function groupBody(displayName: string): object {
  const schemas = [GROUP_URN, 'http://schemas.microsoft.com/2006/11/ResourceManagement/ADSCIM/2.0/Group'];
  return { schemas, externalId: `group-${displayName.toLowerCase().replaceAll(' ', '-')}`, displayName, meta: { resourceType: 'Group' } };
}

function firstOf(list: unknown): unknown {
  if (typeof list !== 'object' || list === null || !('Resources' in list) || !Array.isArray(list.Resources)) return null;
  return list.Resources[0] ?? null;
}

function idOf(resource: unknown): string | null {
  return typeof resource === 'object' && resource !== null && 'id' in resource && typeof resource.id === 'string' ? resource.id : null;
}
