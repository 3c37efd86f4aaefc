import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect } from "chai";
import { encryptKeystoreJsonSync } from "ethers";
import { type Address, bytesToHex } from "viem";
import { createIdentityFile } from "../../../node/core/identity/index.ts";
import { account, startTestChain, type TestChain } from "../../harness/anvil.ts";
import { type CommandOutcome, shadowmesh } from "../../harness/command.ts";
import { temporaryFolders } from "../../harness/folder.ts";
import { seedOf } from "../../harness/identities.ts";

export interface Operator {
  readonly chain: TestChain;
  readonly nexusAddress: Address;
  /** Runs `shadowmesh` in the node's folder, where the keystore is, too. */
  run(args: readonly string[], changes?: NodeJS.ProcessEnv): Promise<CommandOutcome>;
  /** The keystore of another account, in the node's folder; gives its name. */
  otherKeystore(index: number): Promise<string>;
  /** Runs what has to fail with a code, and gives what it says to people. */
  fails(args: readonly string[], code: string, changes?: NodeJS.ProcessEnv): Promise<string>;
}

/** A node's folder (identity 5) with the keystore of account 1, and a chain. Call it inside a `describe`. */
export function startOperator(): () => Operator {
  const anvil = startTestChain();
  const newFolder = temporaryFolders();
  let operator: Operator | undefined;
  before(async () => {
    const nexusAddress = await anvil().deploy();
    const home = await newFolder();
    await createIdentityFile(home, seedOf(5));
    const writeKeystore = async (index: number, file: string) => {
      const { address, getHdKey } = account(index);
      const privateKey = bytesToHex(getHdKey().privateKey ?? new Uint8Array());
      // A keystore of real strength takes seconds to open; its own tests do that.
      const keystore = encryptKeystoreJsonSync({ address, privateKey }, "secret", { scrypt: { N: 2, r: 8, p: 1 } });
      await writeFile(join(home, file), keystore);
      return file;
    };
    await writeKeystore(1, "operator.json");
    const env = {
      SHADOWMESH_CHAIN_RPC_URL: anvil().rpcUrl,
      SHADOWMESH_CHAIN_NEXUS_ADDRESS: nexusAddress,
      SHADOWMESH_OPERATOR_PASSWORD: "secret",
    };
    const run: Operator["run"] = (args, changes) => shadowmesh(home, args, { env: { ...env, ...changes } });
    operator = {
      chain: anvil(),
      nexusAddress,
      run,
      otherKeystore: (index) => writeKeystore(index, `other-${index}.json`),
      async fails(args, code, changes) {
        const outcome = await run(args, changes);
        expect(outcome.code, outcome.stdout).to.equal(1);
        expect(outcome.stderr)
          .to.include(`(${code}`)
          .and.to.not.match(/\n\s+at /);
        return outcome.stderr;
      },
    };
  });
  return () => {
    if (operator === undefined) throw new Error("the operator is there during the tests of its `describe`");
    return operator;
  };
}
