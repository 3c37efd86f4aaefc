import { join } from "node:path";
import { type Child, ready, startChild } from "../process.ts";

export interface IssuerProcess {
  /** Its only account: name and password, for its owner alone to read. */
  readonly accountFile: string;
  /** Resolves once it answers. */
  readonly ready: Promise<void>;
  stop: Child["stop"];
}

/** The name of the backbones at the issuer, and the subject that is their admin. */
export const issuerClient = "shadowmesh";
export const issuerAdmin = "admin";

/** Starts an issuer with one admin, whose account is kept in the folder, for pages at these addresses. */
export function startIssuerProcess(folder: string, port: number, pageUrls: readonly string[]): IssuerProcess {
  const [accountFile, logPath] = [join(folder, "admin.json"), join(folder, "issuer.log")];
  const main = join(import.meta.dirname, "main.ts");
  const child = startChild([main, String(port), accountFile, issuerClient, ...pageUrls], { logPath });
  const answering = ready<void>(child, "the issuer", logPath);
  // Told to whoever waits for it; meanwhile it must not end us.
  answering.catch(() => undefined);
  return { accountFile, ready: answering, stop: child.stop };
}
