import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { expect } from "chai";
import { nodeNexusAbi } from "../../contracts/generated/node-nexus.ts";
import { relayPaymentsAbi } from "../../contracts/generated/relay-payments.ts";
import { root } from "../../scripts/root.ts";

describe("architecture/reverts", () => {
  const errors = [...nodeNexusAbi, ...relayPaymentsAbi].flatMap((item): string[] =>
    item.type === "error" ? [item.name] : [],
  );
  let explained: readonly string[];
  before(async () => {
    const source = await readFile(join(root, "app/_shared/chain/revert-sentences.ts"), "utf8");
    explained = [...source.matchAll(/^ {2}(\w+): \(/gm)].map(([, name]) => name ?? "");
  });

  it("has sentences for each custom error of the contracts that a wallet calls", () => {
    expect(errors.filter((name) => !explained.includes(name))).to.deep.equal([]);
  });

  it("has none for an error that no contract knows", () => {
    expect(explained.filter((name) => !errors.includes(name))).to.deep.equal([]);
  });
});
