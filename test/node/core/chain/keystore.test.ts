import { readFile, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect } from "chai";
import { encryptKeystoreJsonSync, Wallet } from "ethers";
import { readKeystore, requireNoKeystore, writeKeystore } from "../../../../node/core/chain/keystore.ts";
import { expectCode } from "../../../harness/expect-code.ts";
import { temporaryFolders } from "../../../harness/folder.ts";

const privateKey = `0x${"11".repeat(32)}`;
const { address } = new Wallet(privateKey);
const password = "correct horse battery staple";
const openKeystore = async (file: string, secret: string) => (await readKeystore(file)).open(secret);

describe("core/chain/keystore", function () {
  this.timeout(30_000);
  const newFolder = temporaryFolders();
  let path: string;

  before(async () => {
    path = join(await newFolder(), "operator.json");
    expect(await writeKeystore(path, password, privateKey)).to.equal(address);
  });

  it("gives the key back for its password, and is for its owner alone", async () => {
    expect((await openKeystore(path, password)).address).to.equal(address);
    expect((await stat(path)).mode & 0o777).to.equal(0o600);
  });

  it("is Web3 Secret Storage v3, which ethers opens, and holds no key in the clear", async () => {
    const text = await readFile(path, "utf8");
    expect(JSON.parse(text).version).to.equal(3);
    expect(text).to.not.include("1111111111");
    expect((await Wallet.fromEncryptedJson(text, password)).privateKey).to.equal(privateKey);
  });

  it("opens what ethers wrote, whatever characters the password has", async () => {
    const file = join(await newFolder(), "ethers.json");
    const strange = "pässwörd ✓ 日本";
    await writeFile(file, encryptKeystoreJsonSync({ address, privateKey }, strange, { scrypt: { N: 2, r: 8, p: 1 } }));
    expect((await openKeystore(file, strange)).address).to.equal(address);
  });

  it("makes a new key where none is given", async () => {
    const file = join(await newFolder(), "new.json");
    const made = await writeKeystore(file, password);
    expect(made)
      .to.match(/^0x[0-9a-fA-F]{40}$/)
      .and.to.not.equal(address);
    expect((await openKeystore(file, password)).address).to.equal(made);
  });

  it("is not opened by a wrong password, which the error does not repeat", async () => {
    const error = await expectCode(openKeystore(path, "hunter2-wrong"), "KEYSTORE_UNREADABLE");
    expect(error.details).to.have.property("path", path);
    expect(error.cause).to.equal(undefined);
    expect(`${JSON.stringify(error)} ${error.stack}`).to.not.include("hunter2");
  });

  it("that is missing, a folder, or no keystore says so", async () => {
    const folder = await newFolder();
    await expectCode(readKeystore(join(folder, "none.json")), "KEYSTORE_MISSING");
    const error = await expectCode(readKeystore(folder), "KEYSTORE_UNREADABLE");
    expect(error.details).to.deep.equal({ path: folder, reason: "EISDIR" });
    for (const text of ["", "{}", "[]", "not JSON", '{"version":3}', (await readFile(path, "utf8")).slice(0, 200)]) {
      await writeFile(join(folder, "bad.json"), text);
      await expectCode(openKeystore(join(folder, "bad.json"), password), "KEYSTORE_UNREADABLE");
    }
  });

  it("is not written over, also where the file came to be meanwhile", async () => {
    const before = await readFile(path, "utf8");
    expect(() => requireNoKeystore(path)).to.throw("never overwritten");
    await expectCode(writeKeystore(path, password), "KEYSTORE_EXISTS");
    expect(await readFile(path, "utf8")).to.equal(before);
  });

  it("takes no password that is empty or short", async () => {
    const file = join(await newFolder(), "short.json");
    for (const short of ["", "1234567"]) await expectCode(writeKeystore(file, short), "PASSWORD_TOO_SHORT");
    expect(() => requireNoKeystore(file)).to.not.throw();
  });

  it("takes no private key that is none, and does not repeat it", async () => {
    const bad = ["", "0x", "11".repeat(32), `0x${"11".repeat(31)}`, `0x${"zz".repeat(32)}`, `0x${"00".repeat(32)}`];
    for (const key of bad) {
      const error = await expectCode(
        writeKeystore(join(await newFolder(), "k.json"), password, key),
        "PRIVATE_KEY_INVALID",
      );
      if (key.length > 2) expect(`${error.message} ${error.stack}`).to.not.include(key);
    }
  });
});
