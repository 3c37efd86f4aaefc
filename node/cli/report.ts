import { inspect } from "node:util";
import { CommanderError } from "commander";
import { ShadowMeshError } from "../core/errors.ts";

/** Exit codes beside 0, done; 130 is what a shell gives for a program that SIGINT has ended. */
export const exitCodes = { failed: 1, usage: 2, interrupted: 130 } as const;

/** Tells an error to the person or machine that ran the command; gives the exit code. */
export function reportFailure(error: unknown, json: boolean): number {
  // Commander has printed its own message, or help, by then.
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : exitCodes.usage;
  if (ShadowMeshError.is(error)) {
    const { code, message, action, details } = error;
    if (json) process.stderr.write(`${JSON.stringify({ error: { code, message, action, details } })}\n`);
    else process.stderr.write(`✗ ${message}\n  ${action}\n  (${code}${detailsText(details)})\n`);
    return exitCodes.failed;
  }
  // A prompt that Ctrl-C ended is no failure to explain.
  if (error instanceof Error && error.name === "ExitPromptError") return exitCodes.interrupted;
  // What is thrown need not be an Error: WebAssembly modules throw objects that have no text.
  process.stderr.write(`✗ ${typeof error === "string" ? error : inspect(error)}\n`);
  return exitCodes.failed;
}

function detailsText(details: Readonly<Record<string, unknown>>): string {
  const shown = Object.entries(details).filter(([, value]) => value !== undefined);
  return shown.map(([key, value]) => `, ${key}: ${typeof value === "string" ? value : JSON.stringify(value)}`).join("");
}
