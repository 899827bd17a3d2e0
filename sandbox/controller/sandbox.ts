import { mountControl } from '../kernel/control.js';
import { SandboxServer } from '../kernel/server.js';
import { controlPanel } from './control.js';
import { VirtualController } from './controller.js';
import { Routine } from './routine.js';

const ROUTINE_EVERY_MS = 5_000;

export interface ControllerSite {
  readonly site: string;
  readonly timeZone: string;
  readonly serverUrl: string;
  readonly token: string;
  /** Names of the doors by id. */
  readonly doors: ReadonlyMap<string, string>;
  readonly routineEveryMs?: number;
}

/** A virtual controller of the doors of a site, with a page for whoever stands before them. */
export class ControllerSandbox {
  readonly controller: VirtualController;
  readonly server: SandboxServer;
  readonly #routine: Routine;

  constructor({ site, timeZone, serverUrl, token, doors, routineEveryMs = ROUTINE_EVERY_MS }: ControllerSite) {
    const controller = new VirtualController({ serverUrl, token, doorIds: [...doors.keys()] });
    const routine = new Routine(controller, routineEveryMs);
    this.server = new SandboxServer((app) => mountControl(app, controlPanel({ site, timeZone, doors, controller, routine })));
    this.controller = controller;
    this.#routine = routine;
  }

  /** Resolves once the controller has its list. */
  async start(port = 0): Promise<this> {
    await this.server.start(port);
    await this.#routine.start();
    return this;
  }

  async stop(): Promise<void> {
    await this.#routine.stop();
    await this.server.stop();
  }

  get url(): string {
    return this.server.url;
  }
}
