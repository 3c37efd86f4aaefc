import { mkdir, readFile, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect } from "chai";
import { listBackbones, mergeBackbones } from "../../../../node/services/membership/directory.ts";
import { createMembershipStore } from "../../../../node/services/membership/index.ts";
import { createChainPort } from "../../../harness/chain-port.ts";
import { temporaryFolders } from "../../../harness/folder.ts";
import { identityOf } from "../../../harness/identities.ts";
import { registrationFor } from "../../../harness/membership.ts";

const { peerId } = identityOf(1);
const nothing = { registration: null, backbones: [] };

describe("services/membership/memory", () => {
  const newFolder = temporaryFolders();

  it("remembers registration and backbones, for the owner alone", async () => {
    const folder = await newFolder();
    const memory = {
      registration: registrationFor(peerId),
      backbones: [{ peerId, url: "https://b.example", region: "europe" }],
    };
    await createMembershipStore(folder).write(memory);
    expect(await createMembershipStore(folder).read()).to.deep.equal(memory);
    expect((await stat(join(folder, "membership.json"))).mode & 0o777).to.equal(0o600);
  });

  it("writes only what changed", async () => {
    const folder = await newFolder();
    const store = createMembershipStore(folder);
    await store.write(nothing);
    await writeFile(join(folder, "membership.json"), "touched");
    await store.write(nothing);
    expect(await readFile(join(folder, "membership.json"), "utf8")).to.equal("touched");
    await store.write({ ...nothing, registration: registrationFor(peerId) });
    expect((await store.read()).registration?.peerId).to.equal(peerId);
  });

  it("takes a damaged file for none", async () => {
    const folder = await newFolder();
    const good = JSON.stringify({ registration: registrationFor(peerId), backbones: [] });
    for (const text of ["", "{", "null", "[]", good.slice(0, -5), good.replace("light_public", "light_green")]) {
      await writeFile(join(folder, "membership.json"), text);
      expect(await createMembershipStore(folder).read()).to.deep.equal(nothing);
    }
    expect(await createMembershipStore(await newFolder()).read()).to.deep.equal(nothing);
  });

  it("does not forget all of a list that is longer than it keeps", async () => {
    const folder = await newFolder();
    const backbones = Array.from({ length: 100 }, (_, n) => ({ peerId, url: `https://b${n}.example`, region: null }));
    await createMembershipStore(folder).write({ registration: null, backbones });
    expect((await createMembershipStore(folder).read()).backbones).to.deep.equal(backbones.slice(0, 64));
  });

  it("is not there where it can't be read, and the daemon starts all the same", async () => {
    const folder = await newFolder();
    await mkdir(join(folder, "membership.json"));
    expect(await createMembershipStore(folder).read()).to.deep.equal(nothing);
  });
});

describe("services/membership/directory", () => {
  const entry = (n: number, region: string, url: string | null = `https://b${n}.example`) => ({
    peerId: identityOf(n).peerId,
    region,
    url,
  });

  it("lists the own region's backbones first, and none without an endpoint", async () => {
    const port = createChainPort();
    port.list(
      entry(1, "africa"),
      entry(2, "europe"),
      entry(3, "oceania"),
      entry(4, "oceania", null),
      entry(5, "oceania"),
    );
    const urls = async (region: string | null) => (await listBackbones(port.chain.nexus, region)).map(({ url }) => url);
    expect(await urls("oceania")).to.deep.equal([3, 5, 1, 2].map((n) => `https://b${n}.example`));
    expect(await urls(null)).to.deep.equal([1, 2, 3, 5].map((n) => `https://b${n}.example`));
  });

  it("keeps each URL once, with the ID that the earlier list gives it", () => {
    const [a, b] = [
      { peerId, url: "https://a.example", region: "europe" },
      { peerId: null, url: "https://b.example", region: null },
    ];
    expect(mergeBackbones([a], [{ ...a, peerId: null }, b], [b])).to.deep.equal([a, b]);
  });
});
