import { mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import type { LabHealth } from "../../../scripts/lab/health.ts";
import { root } from "../../../scripts/root.ts";
import { runNode } from "../../../scripts/run-command.ts";

const size = 5;

/** Each command is a process of its own, as in a terminal; what it started goes on without it. */
describe("lab", function () {
  this.timeout(300_000);
  let folder: string;

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), "shadowmesh-lab-"));
  });
  after(async () => {
    await lab("down", "--purge");
    await rm(folder, { recursive: true, force: true });
  });

  const lab = (...args: string[]) => runNode([join(root, "scripts/lab.ts"), "--folder", folder, ...args]);
  const answerOf = async <T = LabHealth>(...args: string[]): Promise<T> => {
    const { ok, output } = await lab(...args, "--json");
    if (!ok) throw new Error(output);
    return JSON.parse(output) as T;
  };
  const pidsOf = ({ nodes }: LabHealth) => new Map(nodes.map(({ name, pid }) => [name, pid]));

  it("says how to make one where there is none", async () => {
    const { ok, output } = await lab("status");
    expect(ok).to.equal(false);
    expect(output).to.contain("npm run lab -- up");
  });

  it("makes none in a folder that holds something else, which goes on being there", async () => {
    const other = await mkdtemp(join(tmpdir(), "shadowmesh-lab-"));
    try {
      await writeFile(join(other, "letter.txt"), "");
      const { ok, output } = await lab("--folder", other, "up", String(size));
      expect(ok).to.equal(false);
      expect(output).to.contain("holds other things than a lab");
      expect(await readdir(other)).to.deep.equal(["letter.txt"]);
    } finally {
      await rm(other, { recursive: true });
    }
  });

  it("brings a mesh up, breaks it, heals it on the same identities, and takes it down", async () => {
    const up = await answerOf("up", String(size));
    expect(up).to.include({ found: size, total: size });
    expect(up.chain.running).to.equal(true);

    expect((await lab("up", String(size + 1))).output).to.contain(`there is a lab of ${size} nodes`);

    const { killed } = await answerOf<{ killed: string[] }>("kill", "50%", "backbone-1");
    expect(killed).to.have.length(2).and.include("backbone-1");
    const broken = await answerOf("status");
    const dead = broken.nodes.filter(({ state }) => state === "dead").map(({ name }) => name);
    expect(dead).to.have.members(killed);

    const healed = await answerOf<LabHealth & { started: string[] }>("heal");
    expect(healed.started).to.have.members(killed);
    expect(healed.found).to.equal(size);
    expect(healed.nodes.map(({ peerId }) => peerId)).to.deep.equal(up.nodes.map(({ peerId }) => peerId));
    // Who was not killed was not started again either.
    const before = pidsOf(up);
    const again = [...pidsOf(healed)].filter(([name, pid]) => pid !== before.get(name)).map(([name]) => name);
    expect(again).to.have.members(killed);

    const reach = await answerOf<{ reached: number }>("reach", "--pairs", "5");
    expect(reach.reached).to.equal(5);

    expect(await answerOf("down")).to.include({ stopped: size + 1 });
    const { nodes, chain } = await answerOf("status");
    expect(nodes.map(({ state }) => state)).to.deep.equal(Array(size).fill("dead"));
    expect(chain.running).to.equal(false);
  });
});
