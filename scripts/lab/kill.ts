import { randomInt } from "node:crypto";
import { foldersOf, type Lab, LabError, nodeFolder } from "./lab.ts";
import { runningPids } from "./processes.ts";

/** The names that `25%`, `5`, `backbone-1` or `chain` mean; shares and numbers are of the light nodes that run. */
export async function victimsOf(lab: Lab, who: readonly string[]): Promise<string[]> {
  const running = await runningPids(foldersOf(lab));
  const alive = lab.members.filter(({ name }) => running.has(nodeFolder(lab, name)));
  const light = alive.filter(({ type }) => type !== "backbone_auth").map(({ name }) => name);
  const victims = who.flatMap((one) => {
    const [, digits, percent] = /^(\d+)(%?)$/.exec(one) ?? [];
    if (digits !== undefined) return sample(light, percent ? (light.length * Number(digits)) / 100 : Number(digits));
    if (one === "chain" || alive.some(({ name }) => name === one)) return [one];
    throw new LabError(`no node called ${one} runs; name one of \`npm run lab -- status --all\`, a number or a share`);
  });
  return [...new Set(victims)];
}

export function sample<T>(items: readonly T[], count: number): T[] {
  const left = [...items];
  const size = Math.min(left.length, Math.round(count));
  return Array.from({ length: size }, () => left.splice(randomInt(left.length), 1)).flat();
}
