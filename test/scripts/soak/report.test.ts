import { expect } from "chai";
import { type WorkKind, workKinds } from "../../../scripts/soak/load.ts";
import { plotSvg } from "../../../scripts/soak/plot.ts";
import { complaintsOf, limits, type SoakResult, toCsv } from "../../../scripts/soak/report.ts";
import { type Sample, trendsOf } from "../../../scripts/soak/samples.ts";
import { slopePerHour } from "../../../scripts/soak/slope.ts";

const endS = 3_600;
const sample = (atS: number, fields: Partial<Sample> = {}): Sample => ({
  atS,
  node: "public-1",
  pid: 10,
  rssMB: 140,
  heapMB: 40,
  codeMB: 9,
  openFiles: 50,
  handles: 20,
  peers: 5,
  ...fields,
});
const times = Array.from({ length: 241 }, (_, index) => index * 15);
const tally = { done: 10, late: 0, interrupted: 0, failed: 0, megabytes: 0, dedicated: 0, totalMs: 10 };

function resultOf(samples: readonly Sample[], more: Partial<SoakResult> = {}): SoakResult {
  const found = {
    minutes: 60,
    judged: true,
    samples,
    trends: trendsOf(samples, endS),
    tallies: Object.fromEntries(workKinds.map((kind) => [kind, tally])) as Record<WorkKind, typeof tally>,
    failures: [],
    crashesS: [],
    books: { relayedMB: 10, chargedSHM: 1, vouchedSHM: 1, lies: 0 },
    ...more,
  };
  return { ...found, complaints: complaintsOf(found) };
}

describe("scripts/soak", () => {
  it("takes the rise of an hour from a line through all points", () => {
    const points = times.map((atS, index) => ({ atS, value: 100 + atS / 360 + (index % 2 === 0 ? 1 : -1) }));
    expect(slopePerHour(points)).to.be.closeTo(10, 0.1);
    expect(slopePerHour([{ atS: 1, value: 5 }])).to.equal(null);
  });

  it("finds a leak that is small beside what memory goes up and down by", () => {
    const leaking = (perHour: number) =>
      times.map((atS, index) => sample(atS, { heapMB: 40 + (perHour * atS) / 3_600 + (index % 7) }));
    expect(resultOf(leaking(0)).complaints).to.deep.equal([]);
    expect(resultOf(leaking(limits.heapMBPerHour * 1.5)).complaints[0]).to.match(/^public-1: heapMBPerHour is (5.9|6)/);
  });

  it("lets memory grow while caches fill, in the first half", () => {
    const warming = times.map((atS) => sample(atS, { rssMB: 100 + Math.min(atS, endS / 2) / 20 }));
    expect(resultOf(warming).complaints).to.deep.equal([]);
  });

  it("judges no process that started in the second half, and none by a run of minutes", () => {
    const rising = times.map((atS) => sample(atS, { rssMB: 100 + atS, pid: atS > 2_000 ? 11 : 10 }));
    expect(trendsOf(rising, endS)[0]).to.include({ rssMBPerHour: null, heapMBPerHour: null });
    const one = times.map((atS) => sample(atS, { rssMB: 100 + atS }));
    expect(resultOf(one).complaints).to.have.length(1);
    expect(resultOf(one, { judged: false }).complaints).to.deep.equal([]);
  });

  it("complains of work that failed or never was done, and of bills over the count", () => {
    const flat = times.map((atS) => sample(atS));
    const failures = [{ kind: "lookup" as const, between: "a → b", atS: 7, error: "PEER_NOT_FOUND: gone" }];
    expect(resultOf(flat, { failures }).complaints).to.deep.equal(["lookup a → b failed at 7 s: PEER_NOT_FOUND: gone"]);
    const { tallies, books } = resultOf(flat);
    const idle = { ...tallies, relayed: { ...tally, done: 0 } };
    expect(resultOf(flat, { tallies: idle }).complaints).to.deep.equal(["no relayed was done"]);
    expect(resultOf(flat, { books: { ...books, lies: 2 } }).complaints).to.have.length(1);
  });

  it("writes a row a sample, and draws a line for each life of a node", () => {
    const samples = [0, 15, 30, 45].map((atS) => sample(atS, { pid: atS < 30 ? 10 : 11 }));
    expect(toCsv(samples).split("\n")[1]).to.equal("0,public-1,10,140.00,40.00,9.00,50,20,5");
    expect(toCsv(samples).trimEnd().split("\n")).to.have.length(5);
    const svg = plotSvg(samples, [20], "a <title>");
    expect(svg).to.contain("a &lt;title>");
    const lines = [...svg.matchAll(/<path d="(M[^"]+)" fill="none"/g)].map(([, path = ""]) => path);
    expect(lines).to.have.length(3);
    for (const line of lines) expect(line.match(/M/g)).to.have.length(2);
  });
});
