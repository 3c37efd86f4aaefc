import { randomBytes } from "node:crypto";
import { readFile, writeFile } from "node:fs/promises";
import type { IssuerAccount } from "./issuer.ts";

type Credentials = Pick<IssuerAccount, "name" | "password">;

/** The one account of a development network; whoever reads the file can sign in by it. */
export async function readOrMakeAccount(path: string): Promise<Credentials> {
  const kept = await readFile(path, "utf8").catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return null;
    throw error;
  });
  if (kept !== null) return JSON.parse(kept) as Credentials;
  const made = { name: "admin", password: randomBytes(18).toString("base64url") };
  await writeFile(path, `${JSON.stringify(made, null, 2)}\n`, { mode: 0o600 });
  return made;
}
