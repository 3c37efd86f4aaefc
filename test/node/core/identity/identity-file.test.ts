import { chmod, mkdir, readdir, readFile, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect } from "chai";
import { createIdentityFile, phraseToSeed, readIdentityFile } from "../../../../node/core/identity/index.ts";
import { expectCode } from "../../../harness/expect-code.ts";
import { temporaryFolders } from "../../../harness/folder.ts";
import { identityOf, seedOf } from "../../../harness/identities.ts";
import { asOrdinaryUser } from "../../../harness/unprivileged.ts";

describe("core/identity/identity-file", () => {
  const newFolder = temporaryFolders();

  it("keeps an identity: what was made is what is read", async () => {
    const folder = await newFolder();
    const made = await createIdentityFile(folder);
    const read = await readIdentityFile(folder);
    expect(read.identity.peerId).to.equal(made.identity.peerId);
    expect(read.phrase).to.equal(made.phrase);
    expect((await createIdentityFile(await newFolder())).identity.peerId).to.not.equal(made.identity.peerId);
  });

  it("restores the same identity from the 24 words", async () => {
    const made = await createIdentityFile(await newFolder());
    const restored = await createIdentityFile(await newFolder(), phraseToSeed(made.phrase));
    expect(restored.identity.peerId).to.equal(made.identity.peerId);
    expect(restored.identity.mlDsaKeyHash).to.equal(made.identity.mlDsaKeyHash);
  });

  it("is for its owner alone: file 0600, folder 0700, and nothing else left beside it", async () => {
    const folder = join(await newFolder(), "deep", "data");
    await createIdentityFile(folder);
    expect((await stat(join(folder, "identity.json"))).mode & 0o777).to.equal(0o600);
    expect((await stat(folder)).mode & 0o777).to.equal(0o700);
    expect(await readdir(folder)).to.deep.equal(["identity.json"]);
  });

  it("never overwrites an identity, not even a damaged one", async () => {
    const folder = await newFolder();
    await createIdentityFile(folder, seedOf(1));
    await expectCode(createIdentityFile(folder, seedOf(2)), "IDENTITY_EXISTS");
    expect((await readIdentityFile(folder)).identity.peerId).to.equal(identityOf(1).peerId);
    await writeFile(join(folder, "identity.json"), "");
    await expectCode(createIdentityFile(folder, seedOf(2)), "IDENTITY_EXISTS");
    expect(await readFile(join(folder, "identity.json"), "utf8")).to.equal("");
  });

  it("is made by one of several that make it at the same moment", async () => {
    const folder = await newFolder();
    const outcomes = await Promise.allSettled([1, 2, 3, 4, 5].map((n) => createIdentityFile(folder, seedOf(n))));
    const made = outcomes.flatMap((outcome) => (outcome.status === "fulfilled" ? [outcome.value] : []));
    expect(made).to.have.length(1);
    expect((await readIdentityFile(folder)).identity.peerId).to.equal(made[0]?.identity.peerId);
    for (const outcome of outcomes) {
      if (outcome.status === "rejected") await expectCode(Promise.reject(outcome.reason), "IDENTITY_EXISTS");
    }
    expect(await readdir(folder)).to.deep.equal(["identity.json"]);
  });

  it("says where there is none", async () => {
    const folder = await newFolder();
    await expectCode(readIdentityFile(folder), "IDENTITY_MISSING");
    await expectCode(readIdentityFile(join(folder, "nowhere")), "IDENTITY_MISSING");
  });

  describe("a damaged file", () => {
    const notJson = /is not JSON/;
    const notOurs = /not an identity/;
    const wrongSeed = /seed does not give/;
    const damage: Record<string, [change: (text: string) => string | Buffer, reason: RegExp]> = {
      "that is empty": [() => "", notJson],
      "that is not JSON": [() => "shadowmesh", notJson],
      "that was cut in half": [(text) => text.slice(0, text.length / 2), notJson],
      "that lost its last byte of JSON": [(text) => text.trimEnd().slice(0, -1), notJson],
      "of binary noise": [() => Buffer.from([0xff, 0xfe, 0, 1, 2, 3]), notJson],
      "with another node's seed": [
        (text) => text.replace(/"seed": "[^"]+"/, `"seed": "0x${"02".repeat(32)}"`),
        wrongSeed,
      ],
      "with another node's peer ID": [
        (text) => text.replace(/"peerId": "[^"]+"/, `"peerId": "${identityOf(2).peerId}"`),
        wrongSeed,
      ],
      "with one flipped bit in the seed": [(text) => text.replace('"seed": "0x0101', '"seed": "0x0001'), wrongSeed],
      "with a seed of 31 bytes": [(text) => text.replace("01".repeat(32), "01".repeat(31)), /not 32 bytes/],
      "with a seed of 64 bytes": [(text) => text.replace("01".repeat(32), "01".repeat(64)), /not 32 bytes/],
      "without a seed": [(text) => text.replace(/,\s*"seed": "[^"]+"/, ""), notOurs],
      "of another format": [(text) => text.replace("shadowmesh-identity", "ssh"), notOurs],
      "of a later version": [(text) => text.replace('"version": 1', '"version": 2'), notOurs],
    };

    for (const [what, [change, reason]] of Object.entries(damage)) {
      it(`${what} is refused, and left as it is`, async () => {
        const folder = await newFolder();
        const path = join(folder, "identity.json");
        await createIdentityFile(folder, seedOf(1));
        const damaged = Buffer.from(change(await readFile(path, "utf8")));
        expect(damaged.equals(await readFile(path)), "the test must damage something").to.equal(false);
        await writeFile(path, damaged);
        const error = await expectCode(readIdentityFile(folder), "IDENTITY_CORRUPT");
        expect(error.message).to.match(reason);
        expect(error.details).to.deep.equal({ path });
        expect(JSON.stringify(error) + error.stack, "no secret is told").to.not.include("0101");
        expect(error.cause).to.equal(undefined);
        expect((await readFile(path)).equals(damaged)).to.equal(true);
        expect(await readdir(folder)).to.deep.equal(["identity.json"]);
      });
    }

    it("that is a folder is refused", async () => {
      const folder = await newFolder();
      await mkdir(join(folder, "identity.json"));
      expect((await expectCode(readIdentityFile(folder), "IDENTITY_CORRUPT")).message).to.include("a folder");
    });
  });

  it("says so where the file may not be read", async () => {
    const folder = await newFolder();
    await createIdentityFile(folder);
    await chmod(join(folder, "identity.json"), 0);
    await asOrdinaryUser(() => expectCode(readIdentityFile(folder), "DATA_FOLDER_UNWRITABLE"));
  });
});
