import { cp, lstat, rm, symlink } from "node:fs/promises";
import { join } from "node:path";
import { expect } from "chai";
import { mountSmallDisk } from "../harness/small-disk.ts";
import { expectReached, faultMesh, mendMs, ofType, untilWell } from "./fixture.ts";

describe("faults: a full disk", function () {
  this.timeout(5 * mendMs);
  const mesh = faultMesh();
  const disk = mountSmallDisk({ kilobytes: 512 * 1024 });

  it("of a backbone and of a relay keeps nobody from being found and reached; both go on once there is room", async () => {
    const network = mesh();
    const victims = [ofType(network, "backbone_auth").at(-1) ?? "", ofType(network, "light_public").at(-1) ?? ""];
    const folders = victims.map((name) => network.node(name).folder);
    const restart = async (move: (folder: string, onDisk: string) => Promise<void>) => {
      await Promise.all(victims.map((name) => network.stopNode(name)));
      for (const [index, folder] of folders.entries()) await move(folder, join(disk.path(), String(index)));
      await Promise.all(victims.map((name) => network.startNode(name)));
      await untilWell(network, victims);
    };
    const others = ofType(network, "light_public", "light_private").filter((name) => !victims.includes(name));
    let makeRoom = () => {};
    try {
      await restart(async (folder, onDisk) => {
        await cp(folder, onDisk, { recursive: true });
        await rm(folder, { recursive: true });
        await symlink(onDisk, folder);
      });
      makeRoom = disk.fill();
      await expectReached(network, others, 1);
      // Who comes now is announced as well: by a backbone that has room.
      const [crashed = ""] = ofType(network, "light_private");
      await network.stopNode(crashed, "SIGKILL");
      await network.startNode(crashed);
      await untilWell(network, [crashed]);
      await expectReached(network, others, 1);

      makeRoom();
      // By themselves: nobody started them anew.
      expect(victims.map((name) => network.node(name).process.process.exitCode)).to.deep.equal([null, null]);
      await untilWell(
        network,
        network.members.map(({ name }) => name),
      );
      await expectReached(network, ofType(network, "light_public", "light_private"), 1);
    } finally {
      makeRoom();
      await restart(async (folder, onDisk) => {
        if (!(await lstat(folder)).isSymbolicLink()) return;
        await rm(folder);
        await cp(onDisk, folder, { recursive: true });
      });
    }
  });
});
