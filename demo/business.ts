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
}

/** A business of the demo whose system is pulled: how it is connected and mapped. */
export interface Business extends Shown {
  /** What its resources are called, several of them: "rooms". */
  readonly resources: string;
  /** What opens there: member groups by the resource of the source that opens them. What is not named stays unmapped. */
  readonly map: Readonly<Record<string, readonly string[]>>;
  start(): Promise<Played>;
}
