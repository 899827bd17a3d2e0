/** Something to try: what it is in a few words, and the request to the simulated system that does it. */
export interface Trial {
  readonly what: string;
  readonly action: string;
  readonly fields: Readonly<Record<string, string>>;
}

/** The system of a business while it is played. */
export interface Played {
  /** Where its control page is: `<url>/_control`. */
  readonly url: string;
  /** What an admin enters to connect it. */
  readonly connection: { readonly kind: string; readonly config: object; readonly secrets: object; readonly settings?: object };
  readonly trial: Trial;
  stop(): Promise<void>;
}

/** A door of a site. */
export interface DoorPlan {
  readonly name: string;
  /** Member groups that open it. */
  readonly groups: readonly string[];
  /** Only in these hours of every day, Monday first; always without. */
  readonly hours?: Hours;
}

export interface Hours {
  /** As people read it. */
  readonly name: string;
  readonly days: readonly (readonly { readonly from: string; readonly to: string }[])[];
}

/** A place with doors and a controller that moves them. */
export interface SitePlan {
  readonly name: string;
  readonly timeZone: string;
  readonly doors: readonly DoorPlan[];
}

const DAY = [{ from: '08:00', to: '18:00' }];

export const OFFICE_HOURS: Hours = { name: 'Mon–Fri 08:00–18:00', days: [DAY, DAY, DAY, DAY, DAY, [], []] };

/** How a business looks from outside, whichever way its people come in. */
export interface Shown {
  readonly name: string;
  /** Where its people come from, as a heading says it. */
  readonly system: string;
  /** What one of its people is called: "guest". */
  readonly person: string;
  /** The zone in which its times are shown. */
  readonly zone: string;
  /** Places, by member group, that lie in another zone. */
  readonly zones?: Readonly<Record<string, string>>;
  readonly sites: readonly SitePlan[];
}

/** A business of the demo whose system is pulled: how it is connected and mapped. */
export interface Business extends Shown {
  /** What its resources are called, several of them: "rooms". */
  readonly resources: string;
  /** What opens there: member groups by the resource of the source that opens them. What is not named stays unmapped. */
  readonly map: Readonly<Record<string, readonly string[]>>;
  start(): Promise<Played>;
}
