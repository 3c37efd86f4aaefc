/** What is to be run as a service, and as whom. */
export interface ServiceInput {
  /** Of letters, digits, `-` and `_`: names the unit, agent or task. */
  readonly name: string;
  /** Program and arguments, absolute. */
  readonly command: readonly [string, ...string[]];
  /** Data folder, absolute. */
  readonly folder: string;
  /** At boot, for all, instead of for the user who is signed in; Linux alone. */
  readonly system: boolean;
  /** Home folder of the user, absolute. */
  readonly home: string;
  /** Numeric user ID of who owns the data folder; on Windows it is not used. */
  readonly uid: number;
}

export interface ServiceFile {
  readonly path: string;
  readonly content: string;
  readonly encoding: "utf8" | "utf16le";
}

type CommandLine = readonly [string, ...string[]];

/** What it takes on a platform: files to write, and commands to run, in order. */
export interface ServicePlan {
  readonly file: ServiceFile;
  readonly install: readonly CommandLine[];
  readonly uninstall: readonly CommandLine[];
  /** Ends with 0 while the service runs. */
  readonly status: CommandLine;
  /** Whether `uninstall` kills what runs, so that it has to be asked to stop before. */
  readonly kills?: true;
  /** How its log is read. */
  readonly logs: string;
  /** When it runs, and what to do where that is not enough; null where it always does. */
  readonly hint: string | null;
}
