import { fork } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { expect } from "chai";
import { holdNetwork } from "../../../scripts/network/index.ts";
import { temporaryFolders } from "../../harness/folder.ts";

const holder = fileURLToPath(new URL("../../harness/hold-lock.ts", import.meta.url));

describe("scripts/network/hold", () => {
  const newFolder = temporaryFolders();

  it("refuses a folder that another process holds, and has it once that has ended", async () => {
    const [folder, newcomerFolder] = [await newFolder(), await newFolder()];
    const other = fork(holder, [folder]);
    const ended = once(other, "exit");
    await once(other, "message");
    const refused = await holdNetwork(folder, newcomerFolder).catch((error: Error) => error);
    expect(refused).to.be.instanceOf(Error);
    expect((refused as Error).message).to.equal(
      `a mesh runs in ${folder} already: it is starting or stopping, and its GUI does not answer`,
    );
    other.kill("SIGKILL");
    await ended;
    (await holdNetwork(folder, newcomerFolder)).release();
  });
});
