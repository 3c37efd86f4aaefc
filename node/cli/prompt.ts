import { readFile } from "node:fs/promises";
import { text } from "node:stream/consumers";
import { chainErrors } from "../core/chain/errors.ts";
import { minPasswordLength } from "../core/chain/keystore.ts";
import { defineErrors, ShadowMeshError } from "../core/errors.ts";

export const promptErrors = defineErrors({
  INPUT_MISSING: {
    status: 400,
    summary: "A password is needed, and there is no terminal to ask at.",
    action: "Give --password-file, or set SHADOWMESH_OPERATOR_PASSWORD.",
  },
});

/** Operator password: from a file, the environment, or a prompt that does not echo. @throws INPUT_MISSING */
export async function askPassword(options: { file?: string; forNew?: boolean }): Promise<string> {
  if (options.file !== undefined) return (await readPasswordFile(options.file)).replace(/\r?\n$/, "");
  const fromEnvironment = process.env.SHADOWMESH_OPERATOR_PASSWORD;
  if (fromEnvironment !== undefined) return fromEnvironment;
  if (!process.stdin.isTTY) throw new ShadowMeshError(promptErrors.INPUT_MISSING);
  const { password } = await import("@inquirer/prompts");
  const first = await password({
    message: "Password of the operator keystore:",
    mask: true,
    validate: (text) => !options.forNew || text.length >= minPasswordLength || chainErrors.PASSWORD_TOO_SHORT.summary,
  });
  if (!options.forNew) return first;
  await password({
    message: "The same password again:",
    mask: true,
    validate: (second) => second === first || "The two passwords differ.",
  });
  return first;
}

async function readPasswordFile(path: string): Promise<string> {
  try {
    return await readFile(path, "utf8");
  } catch (cause) {
    throw new ShadowMeshError(promptErrors.INPUT_MISSING, {
      message: `The password file ${path} cannot be read (${(cause as NodeJS.ErrnoException).code}).`,
      cause,
    });
  }
}

/** 24 words, from a prompt or from standard input. */
export async function askPhrase(): Promise<string> {
  if (!process.stdin.isTTY) return text(process.stdin);
  const { input } = await import("@inquirer/prompts");
  return input({ message: "The 24 words of the identity:" });
}

/** A private key in hex, from a prompt that does not echo or from standard input. */
export async function askPrivateKey(): Promise<string> {
  if (!process.stdin.isTTY) return (await text(process.stdin)).trim();
  const { password } = await import("@inquirer/prompts");
  return password({ message: "The operator's private key (0x and 64 hex digits):", mask: true });
}
