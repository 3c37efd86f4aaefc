import { type Bench, median } from "../figures.ts";
import { measureInTurn, type Transferred } from "../transfer/transfers.ts";
import { measureIdle, measureParked } from "./idle.ts";

const rounds = 9;

export const bench: Bench = {
  title: "bytes through a relay, a process each on 127.0.0.1, and what an idle client costs the relay's memory",
  peer: "js-libp2p circuit-relay-v2 over tcp + tls + yamux, its limits lifted; same run, transfers in turn",
  limit: "a process that pipes one node:net socket into another, for ends that encrypt nothing",
  async run(onStep) {
    onStep(`${rounds} transfers each, in turn, after one that warms up`);
    const measured = await measureInTurn(["ours", "libp2p", "proxy"], { relayed: true, rounds });
    const over = (key: keyof Transferred) => ({
      ours: median(measured.ours.map((of) => of[key])),
      peer: median(measured.libp2p.map((of) => of[key])),
      limit: median(measured.proxy.map((of) => of[key])),
    });
    const speed = over("mbPerSecond");
    onStep("clients that reserve and are idle, then pipes between them");
    const [ours, peer] = [await measureIdle("ours"), await measureIdle("libp2p")];
    onStep("clients that are parked");
    const parkedKiB = await measureParked();
    return [
      {
        key: "relayed",
        unit: "MBPerSecond",
        title: `relayed throughput, median of ${rounds}`,
        ...speed,
        better: "higher",
        floor: Math.round(3 * speed.peer),
        aim: Math.round(0.6 * speed.limit),
      },
      { key: "relayCpu", unit: "SecondsPerGB", title: "the relay's CPU", ...over("relaySecondsPerGB") },
      {
        key: "idleClient",
        unit: "KiB",
        title: "memory of an idle client while it is connected",
        ours: ours.clientKiB,
        peer: peer.clientKiB,
      },
      {
        key: "parkedClient",
        unit: "KiB",
        title: "memory of an idle client once it is parked",
        ours: parkedKiB,
        peer: peer.clientKiB,
        floor: 64,
      },
      { key: "idleLane", unit: "KiB", title: "memory of an idle lane", ours: ours.pipeKiB, floor: 64 },
    ];
  },
};
