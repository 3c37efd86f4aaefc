import { once } from "node:events";
import { createServer } from "node:net";
import { join } from "node:path";
import { expect } from "chai";
import { allocatePorts, type Ports } from "../../../scripts/network/ports.ts";
import { temporaryFolders } from "../../harness/folder.ts";

const names = ["chain", "api", "overlay"] as const;

describe("network/ports", () => {
  const newFolder = temporaryFolders();
  const allocated: Ports<(typeof names)[number]>[] = [];
  afterEach(async () => {
    for (const ports of allocated.splice(0)) await ports.releaseAll();
  });
  const allocate = async (path: string, preferred: Record<string, number> = {}) => {
    const ports = await allocatePorts(path, names, preferred);
    allocated.push(ports);
    return ports;
  };
  const listen = async (port: number) => {
    const server = createServer().listen(port, "127.0.0.1");
    await once(server, "listening");
    return { end: () => new Promise((resolve) => server.close(resolve)) };
  };

  it("gives networks that start at once ports of their own, though they want the same", async () => {
    const folder = await newFolder();
    const first = await allocate(join(folder, "0.json"));
    const paths = [1, 2, 3].map((n) => join(folder, `${n}.json`));
    const others = await Promise.all(paths.map((path) => allocate(path, first.numbers)));
    const numbers = [first, ...others].flatMap((ports) => Object.values(ports.numbers));
    expect(new Set(numbers).size).to.equal(4 * names.length);
  });

  it("gives ports that no outgoing connection is given", async () => {
    const { numbers } = await allocate(join(await newFolder(), "ports.json"));
    for (const port of Object.values(numbers)) expect(port).to.be.within(10_000, 32_767);
  });

  it("frees a port for its program, and no other", async () => {
    const ports = await allocate(join(await newFolder(), "ports.json"));
    await ports.release("api");
    const program = await listen(ports.numbers.api);
    const taken = await listen(ports.numbers.chain).catch((error: unknown) => error);
    expect(taken).to.have.property("code", "EADDRINUSE");
    await program.end();
  });

  it("keeps its ports from run to run, but for one that another program has taken since", async () => {
    const path = join(await newFolder(), "ports.json");
    const first = await allocate(path);
    await first.releaseAll();
    const program = await listen(first.numbers.api);
    const second = await allocate(path);
    expect(second.numbers).to.include({ chain: first.numbers.chain, overlay: first.numbers.overlay });
    expect(second.numbers.api).to.not.equal(first.numbers.api);
    await program.end();
  });
});
