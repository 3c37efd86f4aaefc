import { expect } from "chai";
import type { Hex } from "viem";
import { reputationAbi } from "../../../contracts/generated/reputation.ts";
import {
  assertions,
  BACKBONE_AUTH,
  deploy,
  EUROPE,
  LIGHT_PRIVATE,
  LIGHT_PUBLIC,
  networkHelpers,
  OCEANIA,
} from "../fixture.ts";
import { EPOCH_S, loadReputation } from "./quorum.ts";

describe("Reputation batches", () => {
  it("take one epoch each, none that was served and none of the future", async () => {
    const { reputation, backbones, batchOf, submit } = await loadReputation();
    const batch = await batchOf(55);
    await submit(batch, backbones);
    for (const epoch of [batch.epoch, batch.epoch - 1n, batch.epoch + 1n]) {
      await assertions.revertWithCustomErrorWithArgs(
        submit({ ...batch, epoch }, backbones),
        reputation,
        "EpochOutOfTurn",
        [epoch, batch.epoch, batch.epoch],
      );
    }
  });

  it("are of the epoch that runs or the one before: epochs passed over cannot be piled on one another", async () => {
    const { reputation, backbones, european, scoreOf, batchOf, submit } = await loadReputation();
    await networkHelpers.time.increase(10 * EPOCH_S);
    const { epoch: current, ...batch } = await batchOf(100);
    for (const back of [10n, 5n, 2n]) {
      const attempt = submit({ ...batch, epoch: current - back }, backbones);
      await assertions.revertWithCustomErrorWithArgs(attempt, reputation, "EpochOutOfTurn", [
        current - back,
        0n,
        current,
      ]);
    }
    await submit({ ...batch, epoch: current - 1n }, backbones);
    expect(await scoreOf(european)).to.equal(60);
    await submit({ ...batch, epoch: current }, backbones);
    expect(await scoreOf(european)).to.equal(70);
    await assertions.revertWithCustomError(
      submit({ ...batch, epoch: current - 1n }, backbones),
      reputation,
      "EpochOutOfTurn",
    );
  });

  it("name each region and type once, ascending, so that no node moves twice", async () => {
    const { reputation, backbones, european, scoreOf, batchOf, submit } = await loadReputation();
    const batch = await batchOf(60);
    const { changes = "0x" } = batch.sections[0] ?? {};
    const section = (region: Hex, nodeType: number, of: Hex = "0x") => ({ region, nodeType, changes: of });
    const again = section(EUROPE, LIGHT_PUBLIC, changes);
    const unsorted = [
      { sections: [again, again], at: 1n },
      { sections: [again, section(OCEANIA, LIGHT_PUBLIC), again], at: 2n },
      { sections: [again, section(EUROPE, LIGHT_PRIVATE)], at: 1n },
      { sections: [section(OCEANIA, BACKBONE_AUTH), again], at: 1n },
    ];
    for (const { sections, at } of unsorted) {
      const attempt = submit({ ...batch, sections }, backbones);
      await assertions.revertWithCustomErrorWithArgs(attempt, reputation, "SectionsUnsorted", [at]);
    }
    expect(await scoreOf(european)).to.equal(50);
    const sections = [section(EUROPE, BACKBONE_AUTH), again, section(OCEANIA, BACKBONE_AUTH)];
    await submit({ ...batch, sections }, backbones);
    expect(await scoreOf(european)).to.equal(60);
  });

  it("need epochs that have a length", async () => {
    const { nexus, reputation } = await loadReputation();
    const attempt = deploy("Reputation", reputationAbi, [nexus.address, 0n]);
    await assertions.revertWithCustomError(attempt, reputation, "InvalidEpochLength");
  });
});
