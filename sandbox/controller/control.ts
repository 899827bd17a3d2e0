import { DateTime } from 'luxon';
import type { ControlAction, ControlField, ControlPanel, ControlTable, Given } from '../kernel/control-panel.js';
import type { Entered, VirtualController } from './controller.js';
import { quietly, type Routine } from './routine.js';

/** What can be led from outside: a `ControllerSandbox`. */
export interface Controlled {
  readonly site: string;
  readonly timeZone: string;
  /** Names of the doors by id. */
  readonly doors: ReadonlyMap<string, string>;
  readonly controller: VirtualController;
  readonly routine: Routine;
}

/** A door stays open for so long after it was opened. */
const OPEN_MS = 5_000;

/** What people do at the doors of a site, and what its controller can suffer. Doors are named by name or id. */
export function controlPanel(controlled: Controlled): ControlPanel {
  return {
    title: `Doors: ${controlled.site}`,
    actions: [...doorActions(controlled), ...lineActions(controlled), ...powerActions(controlled)],
    tables: () => [doorTable(controlled), deviceTable(controlled)],
  };
}

function doorActions(controlled: Controlled): ControlAction[] {
  const { controller, doors } = controlled;
  const door: ControlField = { name: 'door', label: 'Door', choices: () => [...doors.values()].map((value) => ({ value, label: value })) };
  const enter = async (given: Given, type: 'pin' | 'card') => {
    const id = doorId(doors, given.needed('door'));
    return { door: doors.get(id), ...(await controller.enter(id, type, given.needed(type))) };
  };
  return [
    { name: 'pin', label: 'Type a PIN', fields: [door, { name: 'pin', label: 'PIN' }], run: (given) => enter(given, 'pin') },
    { name: 'card', label: 'Present a card', fields: [door, { name: 'card', label: 'Card' }], run: (given) => enter(given, 'card') },
  ];
}

function lineActions({ controller }: Controlled): ControlAction[] {
  return [
    { name: 'cut', label: 'Cut the line', run: () => controller.cut() },
    {
      name: 'restore',
      label: 'Restore the line',
      run: async () => {
        const told = controller.kept.length;
        await controller.restore();
        return { told, members: controller.list.size };
      },
    },
    { name: 'sync', label: 'Fetch the access list', run: () => quietly(async () => ({ full: await controller.sync() })) },
  ];
}

function powerActions({ controller }: Controlled): ControlAction[] {
  const report = async () => {
    await quietly(() => controller.report());
    return controller.power;
  };
  const onOff = [
    { value: 'on', label: 'on' },
    { value: 'off', label: 'off' },
  ];
  return [
    {
      name: 'battery',
      label: 'Set the battery',
      fields: [{ name: 'percent', label: 'Percent, or none', value: () => '15' }],
      run: (given) => {
        const batteryPresent = given.needed('percent') !== 'none';
        const batteryPercent = batteryPresent ? Math.min(100, Math.max(0, Math.round(given.number('percent')))) : 0;
        controller.power = { ...controller.power, batteryPresent, batteryPercent };
        return report();
      },
    },
    {
      name: 'mains',
      label: 'Switch the mains',
      fields: [{ name: 'mains', label: 'Mains', choices: () => onOff, value: () => 'off' }],
      run: (given) => {
        controller.power = { ...controller.power, mainsPresent: given.needed('mains') === 'on' };
        return report();
      },
    },
    { name: 'jam', label: 'Jam the motors', run: () => void Object.assign(controller, { jammed: true }) },
    { name: 'unjam', label: 'Free the motors', run: () => void Object.assign(controller, { jammed: false }) },
  ];
}

function doorId(doors: ReadonlyMap<string, string>, wanted: string): string {
  const found = [...doors].find(([id, name]) => id === wanted || name === wanted);
  if (found === undefined) throw new Error(`no door ${wanted}; there are ${[...doors.values()].join(', ')}`);
  return found[0];
}

function doorTable({ controller, doors, timeZone }: Controlled): ControlTable {
  const rows = [...controller.doors].map(([id, { openings, last }]) => {
    const opened = openings.at(-1);
    const isOpen = opened !== undefined && Date.now() - Date.parse(opened.at) < OPEN_MS;
    const at = opened === undefined ? 'never' : DateTime.fromISO(opened.at, { zone: timeZone }).toFormat('d LLL HH:mm:ss');
    const how = opened === undefined ? '' : opened.by === 'command' ? 'on command' : `decided by the ${opened.by}`;
    return [doors.get(id) ?? id, isOpen ? 'open' : 'locked', at, how, attemptText(last), id];
  });
  const head = ['Door', 'State', 'Last opened', 'How', 'Last PIN or card', 'Id'];
  return { title: `Doors, times of ${timeZone}`, head, rows };
}

function attemptText(last: Entered | null): string {
  return last === null ? '' : `${last.reason} (${last.by})`;
}

function deviceTable({ controller, routine }: Controlled): ControlTable {
  const { line, list, kept, power, jammed, refusals } = controller;
  const state = line.isCut ? 'cut: it decides by its list' : (routine.trouble ?? 'up: it asks the server');
  const rows = [
    ['Line', state],
    ['Access list', `${list.size} members`],
    ['Not told yet', String(kept.length)],
    ['Mains', power.mainsPresent ? 'on' : 'off'],
    ['Battery', power.batteryPresent ? `${power.batteryPercent} %` : 'none'],
    ['Motors', jammed ? 'jammed: commands fail' : 'free'],
    ...(refusals.length === 0 ? [] : [['Acknowledgements refused', String(refusals.length)]]),
  ];
  return { title: 'Controller', head: ['What', 'State'], rows };
}
