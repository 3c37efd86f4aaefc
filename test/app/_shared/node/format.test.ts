import { expect } from "chai";
import { parseEther } from "viem";
import {
  formatBytes,
  formatDateTime,
  formatDuration,
  formatMs,
  formatNumber,
  formatPercent,
  formatShm,
  nodeTypeName,
  regionName,
  shortAddress,
  shortHex,
} from "../../../../app/_shared/node/format.ts";
import { inGerman } from "../text/in-german.ts";

describe("app/format", () => {
  it("shows wei as SHM with as many decimals as matter, cut and never rounded up", () => {
    expect(formatShm(parseEther("10000"))).to.equal("10,000 SHM");
    expect(formatShm(parseEther("0.5").toString())).to.equal("0.5 SHM");
    expect(formatShm(parseEther("99.99999"))).to.equal("99.9999 SHM");
    expect(formatShm(parseEther("1.23456789"), 6)).to.equal("1.234567 SHM");
  });

  it("does not show a little as nothing", () => {
    expect(formatShm(0n)).to.equal("0 SHM");
    expect(formatShm(1n)).to.equal("< 0.0001 SHM");
    expect(formatShm(1n, 2)).to.equal("< 0.01 SHM");
  });

  it("shows bytes in the unit that fits", () => {
    const shown = [0, 1_023, 1_024, 64 * 2 ** 20, 1.5 * 2 ** 40, 2_000 * 2 ** 40].map(formatBytes);
    expect(shown).to.deep.equal(["0 B", "1023 B", "1.0 KiB", "64 MiB", "1.5 TiB", "2000 TiB"]);
  });

  it("shows a long span in its two largest units", () => {
    const [second, minute, hour, day] = [1_000, 60_000, 3_600_000, 86_400_000] as const;
    expect(formatDuration(0)).to.equal("0 s");
    expect(formatDuration(-5 * second)).to.equal("0 s");
    expect(formatDuration(3 * minute + 20 * second)).to.equal("3 min 20 s");
    expect(formatDuration(6 * day + 4 * hour + 30 * minute)).to.equal("6 d 4 h");
    expect(formatDuration(7 * day + 5 * minute)).to.equal("7 d");
  });

  it("shows a round trip with the digits it deserves", () => {
    expect([0.42, 12.6, 3_210, 65_000].map(formatMs)).to.deep.equal(["0.4 ms", "13 ms", "3.2 s", "1 min 5 s"]);
  });

  it("shortens IDs and addresses from the middle, and leaves short ones whole", () => {
    expect(shortHex("0x22f012f480edeb4109f3720104e7862b580fea05")).to.equal("0x22f012…ea05");
    expect(shortHex("0x1234")).to.equal("0x1234");
    const long = "/ip4/203.0.113.7/tcp/4100/p2p/16Uiu2HAmExample/p2p-circuit";
    expect(shortAddress(long))
      .to.have.length(36)
      .and.to.match(/^\/ip4\/203\.0\.113\.7\/.*…-circuit$/);
    expect(shortAddress("/ip4/127.0.0.1/tcp/1")).to.equal("/ip4/127.0.0.1/tcp/1");
  });

  it("names regions as people write them", () => {
    expect(["europe", "north_america", "asia_pacific"].map(regionName)).to.deep.equal([
      "Europe",
      "North America",
      "Asia-Pacific",
    ]);
  });

  it("writes whole numbers below a thousand as each language does", () => {
    const values = [0, 7, 42, 999, 1_000, -5, 0.5, 999.5, 12n, 10_000n] as const;
    const said = () => values.map((value) => formatNumber(value));
    const asIntl = (locale: string) => values.map((value) => new Intl.NumberFormat(locale).format(value));
    expect(said()).to.deep.equal(asIntl("en"));
    inGerman(() => expect(said()).to.deep.equal(asIntl("de")));
    expect([formatNumber(7, 2), formatNumber(0.4, 0)]).to.deep.equal(["7.00", "0"]);
  });

  it("writes numbers, times and names as the reader's language does", () => {
    inGerman(() => {
      expect(formatShm(parseEther("12345.5"))).to.equal("12.345,5 SHM");
      expect(formatShm(1n, 2)).to.equal("< 0,01 SHM");
      expect([formatBytes(1.5 * 2 ** 40), formatMs(3_210)]).to.deep.equal(["1,5 TiB", "3,2 s"]);
      expect([formatPercent(2.5), formatPercent(100, 2)]).to.deep.equal(["2,5 %", "100,00 %"]);
      expect(formatDateTime(Date.UTC(2026, 10, 22, 12))).to.match(/^2[123]\.11\.2026, \d\d:00$/);
      expect([regionName("asia_pacific"), regionName("mid_atlantic")]).to.deep.equal(["Asien-Pazifik", "Mid Atlantic"]);
      expect(nodeTypeName("light_public")).to.equal("Öffentlich");
    });
    expect([formatPercent(2.5), formatPercent(100, 2)]).to.deep.equal(["2.5 %", "100.00 %"]);
  });
});
