import { expect } from "chai";
import { createLog } from "../../../../node/core/log/index.ts";
import { identityOf } from "../../../harness/identities.ts";
import { readLog } from "../../../harness/log.ts";

const peerId = "0x3f0a1c2d3e4f5a6b7c8d9e0f1a2b3c4d5e6f7a8b";
const digits = peerId.slice(2);
const libp2pId = identityOf(1).libp2pKey.publicKey.toString();
const padding = "0".repeat(24);

describe("core/log/pseudonyms", () => {
  it("stand for IP addresses and for IDs of nodes, wherever a line has them", () => {
    const { log, lines } = readLog();
    const failure = new AggregateError([new Error(`connect ECONNREFUSED 203.0.113.7:4100`)], `no way to ${peerId}`, {
      cause: new Error(`dialled /ip6/2001:db8::7/tcp/4100/p2p/${libp2pId}`),
    });
    const details = { tried: [`/ip4/203.0.113.7/tcp/4100/p2p/${libp2pId}`], byPeer: { [peerId.toUpperCase()]: 1 } };
    log.info({ address: "/ip4/203.0.113.7/tcp/4100", relay: libp2pId, client: peerId }, `from\n203.0.113.7`);
    log.warn({ err: Object.assign(failure, { details }) }, "away");
    const text = lines.filter(({ level }) => Number(level) >= 30).map((line) => JSON.stringify(line));
    for (const one of ["203.0.113", "2001:db8", libp2pId, digits, digits.toUpperCase()]) {
      expect(text.join("\n"), one).to.not.include(one);
    }
    expect(text.join("\n")).to.match(/ECONNREFUSED address-[0-9a-f]{8}:4100/);
    expect(lines.map(({ msg }) => msg)).to.include("away");
  });

  it("are the same for the same machine or node all through a log, and others in another log", () => {
    const pseudonymsIn = () => {
      const { log, lines } = readLog();
      log.info({ client: peerId });
      log.info({ address: "203.0.113.7" });
      log.warn(`${peerId.toUpperCase().replace("0X", "")} at 203.0.113.7, not 203.0.113.8`);
      return [...new Set(JSON.stringify(lines.filter(({ level }) => level !== 20)).match(/(id|address)-[0-9a-f]{8}/g))];
    };
    const [first, second] = [pseudonymsIn(), pseudonymsIn()];
    expect(first).to.have.length(3);
    expect(first.filter((pseudonym) => second.includes(pseudonym))).to.deep.equal([]);
  });

  it("stand for IDs in what an endpoint of the chain was asked", () => {
    const { log, lines } = readLog();
    const topics = [`0x${digits}${padding}`, `0x${padding}${digits}`];
    const transaction = `0x${digits}${"1".repeat(24)}`;
    log.warn({ err: new Error(JSON.stringify({ topics, data: `0x01020304${digits}${padding}` })) }, "away");
    log.info({ transaction });
    const [warning, info] = lines.filter(({ level }) => level !== 20);
    expect(JSON.stringify(warning)).to.not.include(digits);
    expect(JSON.stringify(warning)).to.include("0x01020304…");
    expect(info).to.include({ transaction });
  });

  it("leave what is everybody's, or this node's own", () => {
    const { log, lines } = readLog();
    const own = { self: peerId, nodeAddress: peerId, url: "http://127.0.0.1:7700", listen: "/ip6/::1/tcp/0" };
    log.info(own, "daemon runs at 05:33:54, as node:internal/modules:12:7 says");
    expect(lines).to.have.length(1);
    expect(lines[0]).to.include({ ...own, msg: "daemon runs at 05:33:54, as node:internal/modules:12:7 says" });
  });

  it("are explained to who debugs, once each, whose lines say it all", () => {
    const { log, lines } = readLog();
    log.info({ client: peerId }, "first");
    log.info({ client: peerId }, "second");
    log.debug({ client: peerId }, "third");
    const [told, first, second, third] = lines;
    expect(told).to.include({ level: 20, pseudonym: first?.client, of: peerId });
    expect(second?.client).to.equal(first?.client);
    expect(third?.client).to.equal(peerId);

    const written: string[] = [];
    createLog({ level: "info" }, { write: (line) => void written.push(line) }).info({ client: peerId }, "alone");
    expect(written).to.have.length(1);
    expect(written[0]).to.match(/^\{"level":30,.*"client":"id-[0-9a-f]{8}","msg":"alone"\}\n$/);
  });
});
