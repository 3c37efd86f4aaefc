import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect } from "chai";
import { terms } from "../../../node/api/terms.ts";
import { createIdentityFile } from "../../../node/core/identity/index.ts";
import { createWelcome, createWelcomeStore, unseen } from "../../../node/welcome/index.ts";
import { expectCode } from "../../harness/expect-code.ts";
import { temporaryFolders } from "../../harness/folder.ts";

const { version } = terms;

describe("welcome", () => {
  const newFolder = temporaryFolders();

  /** Of a new node; `again` is the same daemon, started anew. */
  async function start({ noted = true } = {}) {
    const folder = await newFolder();
    const { identity, phrase } = await createIdentityFile(folder);
    if (noted) await createWelcomeStore(folder).write(unseen);
    const owner = { registered: false, nowMs: 1_000 };
    const again = () =>
      createWelcome({ folder, identity, isRegistered: () => owner.registered, now: () => owner.nowMs });
    return { folder, words: phrase.split(" "), owner, again, welcome: again() };
  }

  it("keeps which terms were accepted and when, over a restart", async () => {
    const { welcome, again } = await start();
    expect((await welcome.state()).terms).to.deep.equal({ version, accepted: null });
    await expectCode(welcome.acceptTerms("1999-01"), "TERMS_CHANGED");
    await welcome.acceptTerms(version);
    expect((await again().state()).terms.accepted).to.deep.equal({ version, atMs: 1_000 });
  });

  it("goes no further than the terms before they are accepted", async () => {
    const { welcome } = await start();
    await expectCode(welcome.enterStep("backup"), "TERMS_NOT_ACCEPTED");
    await expectCode(welcome.showPhrase(), "TERMS_NOT_ACCEPTED");
    await welcome.acceptTerms(version);
    expect((await welcome.enterStep("wallet")).step).to.equal("wallet");
  });

  it("goes on where it was left, also for another browser and after a restart", async () => {
    const { welcome, again } = await start();
    await welcome.acceptTerms(version);
    await welcome.enterStep("network");
    expect(await again().state()).to.include({ step: "network", opensByItself: true });
    expect(await again().leave()).to.include({ step: "network", opensByItself: false });
  });

  it("opens by itself for a new node alone, and not once its owner has come to the end", async () => {
    const { welcome, owner } = await start();
    owner.registered = true;
    expect(await welcome.state()).to.include({ opensByItself: false });
    owner.registered = false;
    await welcome.acceptTerms(version);
    expect(await welcome.enterStep("done", "public")).to.include({ opensByItself: false, service: "public" });
    expect(await welcome.enterStep("wallet")).to.include({ opensByItself: false, service: "public" });
  });

  it("gives the words once, to one of many who ask at the same moment, and to nobody after a restart", async () => {
    const { welcome, again, words } = await start();
    await welcome.acceptTerms(version);
    const asked = await Promise.allSettled(Array.from({ length: 8 }, () => welcome.showPhrase()));
    const given = asked.filter((outcome) => outcome.status === "fulfilled");
    expect(given.map(({ value }) => value)).to.deep.equal([{ words }]);
    await expectCode(welcome.showPhrase(), "PHRASE_ALREADY_SHOWN");
    await expectCode(again().showPhrase(), "PHRASE_ALREADY_SHOWN");
  });

  it("shows no words of a node of which it does not know whether they were shown", async () => {
    const { welcome, folder } = await start({ noted: false });
    await welcome.acceptTerms(version);
    await expectCode(welcome.showPhrase(), "PHRASE_ALREADY_SHOWN");
    await writeFile(join(folder, "welcome.json"), "{");
    expect((await welcome.state()).phrase.shown).to.equal(true);
    await welcome.acceptTerms(version);
    await expectCode(welcome.showPhrase(), "PHRASE_ALREADY_SHOWN");
  });

  it("asks for the same few words each time, and takes them all together or not at all", async () => {
    const { welcome, again, words } = await start();
    const { asked } = (await welcome.state()).phrase;
    expect(asked).to.have.length(4);
    expect(asked).to.deep.equal([...new Set(asked)].sort((a, b) => a - b));
    expect((await again().state()).phrase.asked).to.deep.equal(asked);
    const right = asked.map((at) => words[at - 1] ?? "");
    for (const wrong of [[], right.slice(1), ["zoo", ...right.slice(1)], right.toReversed(), [...right, "zoo"]]) {
      if (wrong.join() === right.join()) continue;
      await expectCode(welcome.confirmPhrase(wrong), "PHRASE_WORDS_WRONG");
    }
    expect((await welcome.state()).phrase.confirmedAtMs).to.equal(null);
    const typed = right.map((word) => ` ${word.toUpperCase()} `);
    expect((await welcome.confirmPhrase(typed)).phrase).to.include({ confirmedAtMs: 1_000, skipped: false });
  });

  it("remembers that the owner went on without a backup, and lets it be made later", async () => {
    const { welcome, words } = await start();
    await welcome.acceptTerms(version);
    expect((await welcome.skipPhrase()).phrase).to.include({ skipped: true, shown: false });
    expect(await welcome.showPhrase()).to.deep.equal({ words });
    expect((await welcome.state()).phrase).to.include({ skipped: true, confirmedAtMs: null });
  });

  it("writes no word to its file", async () => {
    const { welcome, folder } = await start();
    await welcome.acceptTerms(version);
    await welcome.showPhrase();
    expect(JSON.parse(await readFile(join(folder, "welcome.json"), "utf8"))).to.deep.equal({
      terms: { version, atMs: 1_000 },
      phrase: { shown: true, confirmedAtMs: null, skipped: false },
      step: "terms",
      service: null,
      left: false,
    });
  });
});
