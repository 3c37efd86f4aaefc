import { expect } from "chai";
import type { Client } from "../../../../node/api/client.ts";
import { stopDaemon } from "../../../../node/cli/service/stop-daemon.ts";
import { lockFolder } from "../../../../node/core/store/index.ts";
import { temporaryFolders } from "../../../harness/folder.ts";

describe("cli/service/stop-daemon", () => {
  const newFolder = temporaryFolders();
  /** A daemon that does this when it is told to stop. */
  const contextOf = (onStop: () => unknown) => ({
    daemon: async () => ({ url: "http://127.0.0.1", client: { call: async () => onStop() } as unknown as Client }),
  });

  it("waits until the daemon has let its folder go", async () => {
    const folder = await newFolder();
    const lock = lockFolder(folder);
    const order: string[] = [];
    const onStop = () =>
      setImmediate(() => {
        order.push("stopped");
        lock.release();
      });
    await stopDaemon(contextOf(onStop), folder);
    order.push("went on");
    expect(order).to.deep.equal(["stopped", "went on"]);
  });

  it("goes on where none runs, or none answers", async () => {
    await stopDaemon({ daemon: () => Promise.reject(new Error("none runs")) }, await newFolder());
    await stopDaemon(
      contextOf(() => Promise.reject(new Error("it is past answering"))),
      await newFolder(),
    );
  });
});
