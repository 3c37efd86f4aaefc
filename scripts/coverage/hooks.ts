import { relative, sep } from "node:path";
import type { SolidityHooks } from "hardhat/types/hooks";
import { addProbes } from "./probes.ts";

/** What EDR has put its probes of statements into gets ours of branches too; it told where statements are before. */
export default async (): Promise<Partial<SolidityHooks>> => ({
  async preprocessProjectFileBeforeBuilding(context, sourceName, fsPath, content, solcVersion, next) {
    const probed = await next(context, sourceName, fsPath, content, solcVersion);
    if (probed === content) return content;
    return addProbes(relative(context.config.paths.root, fsPath).split(sep).join("/"), probed);
  },
});
