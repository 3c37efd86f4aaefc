import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Account, createPublicClient, createTestClient, http, zeroAddress } from "viem";
import { connect, type DeployParameters } from "../../../scripts/deploy/index.ts";
import { runNode } from "../../../scripts/run-command.ts";
import type { RunOptions } from "../../../scripts/transactions/index.ts";
import { account, startTestChain } from "../../harness/anvil.ts";

/** Governed by the second account: what is decided, anybody may carry out. */
export const governed: DeployParameters = {
  timelock: { proposers: [account(1).address], executors: [zeroAddress] },
  pauser: account(2).address,
};

/** A chain with Polygon Amoy's id, and a folder for what the commands write. */
export function startAmoy() {
  const chain = startTestChain({ chainId: 80002 });
  let folder = "";
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), "shadowmesh-amoy-"));
  });
  after(() => rm(folder, { recursive: true, force: true }));

  return {
    path: (name: string) => join(folder, name),
    rpcUrl: () => chain().rpcUrl,
    publicClient: () => createPublicClient({ transport: http(chain().rpcUrl) }),
    testClient: () => createTestClient({ mode: "anvil", transport: http(chain().rpcUrl) }),
    /** What the commands make of their options, with folders of this `name` and a list of what was printed. */
    async options(from: Account, name: string, changes: Partial<RunOptions> = {}) {
      const printed: string[] = [];
      const options: RunOptions = {
        clients: await connect(chain().rpcUrl, from),
        target: {
          name: "amoy",
          rpcUrl: chain().rpcUrl,
          coin: "POL",
          folder: join(folder, name),
          journalFolder: join(folder, `${name}-journal`),
        },
        dryRun: false,
        print: (line) => printed.push(line),
        confirm: async () => true,
        ...changes,
      };
      return { ...options, printed };
    },
    /** The command itself, as npm runs it. */
    run: (script: string, ...args: string[]) =>
      runNode([
        ...[`scripts/${script}.ts`, "--rpc-url", chain().rpcUrl],
        ...["--deployments", join(folder, "command"), "--journal", join(folder, "command-journal"), ...args],
      ]),
  };
}
