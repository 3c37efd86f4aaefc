import { expect } from "chai";
import { nearestFirst } from "../../../../node/services/membership/nearest.ts";

const entry = (name: string, region = "europe") => ({ peerId: null, url: `http://${name}.test`, region });
const [a, b, c, d] = [entry("a"), entry("b"), entry("c"), entry("d")];
const all = [a, b, c, d];
const never = () => AbortSignal.timeout(60_000);
/** Answers nothing, as a machine that has gone, until it is given up. */
const silence = (signal: AbortSignal) =>
  new Promise((_, reject) => signal.addEventListener("abort", () => reject(signal.reason), { once: true }));
const names = (entries: readonly { url: string }[]) => entries.map(({ url }) => url.slice(7, 8)).join("");

/** Each answers once those before it in the order have, and a good while later. */
function inOrder(order: string, gapMs: number) {
  return async (url: string) => {
    await new Promise((resolve) => setTimeout(resolve, order.indexOf(url.slice(7, 8)) * gapMs));
  };
}

describe("services/membership/nearest", () => {
  it("puts who answers first in front, and who answers later behind", async () => {
    expect(names(await nearestFirst(all, { ask: inOrder("cbda", 60) }, never())))
      .to.match(/^c/)
      .and.to.have.length(4);
  });

  it("puts who refuses behind all who answer, in the order in which they were listed", async () => {
    const ask = async (url: string) => {
      if (url === a.url || url === c.url) throw new Error("refused");
    };
    const ordered = names(await nearestFirst(all, { ask, random: () => 0 }, never()));
    expect(ordered).to.equal("bdac");
  });

  it("does not wait for one that is silent", async () => {
    const ask = (url: string, signal: AbortSignal) => (url === a.url ? silence(signal) : Promise.resolve());
    expect(names(await nearestFirst(all, { ask, random: () => 0 }, never())).at(-1)).to.equal("a");
  });

  it("keeps the order where none answers, and when it is called off", async () => {
    const refuse = () => Promise.reject(new Error("refused"));
    expect(names(await nearestFirst(all, { ask: refuse }, never()))).to.equal("abcd");
    const ask = (_url: string, signal: AbortSignal) => silence(signal);
    expect(names(await nearestFirst(all, { ask }, AbortSignal.timeout(20)))).to.equal("abcd");
  });

  it("asks those of our region alone where there are any, and puts the rest behind them", async () => {
    const mixed = [entry("a", "africa"), b, entry("c", "oceania"), d];
    const asked: string[] = [];
    const ask = async (url: string) => {
      asked.push(url);
      if (url === b.url) throw new Error("refused");
    };
    expect(names(await nearestFirst(mixed, { ask, region: "europe" }, never()))).to.equal("dbac");
    expect(asked).to.deep.equal([b.url, d.url]);
    await nearestFirst(mixed.slice(0, 3), { ask, region: "europe" }, never());
    expect(asked).to.have.length(2);
  });

  it("leaves it to chance which of the near ones comes first", async () => {
    const first = new Set<string>();
    const ask = () => Promise.resolve();
    for (let round = 0; round < 64; round++) first.add(names(await nearestFirst(all, { ask }, never())).charAt(0));
    expect([...first].sort().join("")).to.equal("abcd");
  });
});
