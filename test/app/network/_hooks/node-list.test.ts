import { expect } from "chai";
import {
  countByRegion,
  filterRows,
  noFilter,
  orderBy,
  type RegisteredNode,
  sortRows,
  toRow,
} from "../../../../app/network/_hooks/node-list.ts";

const node = (digit: string, of: Partial<RegisteredNode>): RegisteredNode => ({
  peerId: `0x${digit.repeat(40)}`,
  nodeType: "light_public",
  region: "europe",
  operator: `0xAb${digit.repeat(38)}`,
  bandwidthMbps: 100,
  stakeWei: "0",
  lastSeenMs: 0,
  active: true,
  score: 50,
  ...of,
});

describe("app/network/node-list", () => {
  const rows = [
    node("1", { score: 50, stakeWei: "9", region: "north_america" }),
    node("2", { score: 90, stakeWei: "10", nodeType: "backbone_auth" }),
    node("3", { score: 50, stakeWei: "10000000000000000000000", bandwidthMbps: 1_000 }),
  ].map(toRow);
  const digits = (found: readonly { peerId: string }[]) => found.map(({ peerId }) => peerId.at(-1)).join("");

  it("puts the best score first, and those that are alike in the order of their peer IDs", () => {
    expect(digits(sortRows(rows, orderBy("score")))).to.equal("213");
    expect(digits(sortRows(rows, { by: "score", descending: false }))).to.equal("132");
  });

  it("compares stakes as amounts, not as text", () => {
    expect(digits(sortRows(rows, orderBy("stake")))).to.equal("321");
  });

  it("sorts names from their first letters", () => {
    expect(digits(sortRows(rows, orderBy("region")))).to.equal("231");
  });

  it("finds by parts of peer ID, operator, region and type, whatever their case, all words of them", () => {
    const found = (text: string) => digits(filterRows(rows, { ...noFilter, text }));
    expect(found("0x333")).to.equal("3");
    expect(found("AB22")).to.equal("2");
    expect(found("north")).to.equal("1");
    expect(found("public  Europe ")).to.equal("3");
    expect(found("backbone america")).to.equal("");
  });

  it("lets through one region and one type", () => {
    expect(digits(filterRows(rows, { ...noFilter, region: "europe" }))).to.equal("23");
    expect(digits(filterRows(rows, { ...noFilter, region: "europe", type: "light_public" }))).to.equal("3");
  });

  it("keeps the order, and the very list where nothing is filtered", () => {
    const sorted = sortRows(rows, orderBy("score"));
    expect(filterRows(sorted, noFilter)).to.equal(sorted);
    expect(digits(filterRows(sorted, { ...noFilter, text: "0x" }))).to.equal("213");
  });

  it("counts the nodes of each region", () => {
    expect([...countByRegion(rows)]).to.deep.equal([
      ["north_america", 1],
      ["europe", 2],
    ]);
  });
});
