import { type Bench, median } from "../figures.ts";
import { measureInTurn, type Transferred } from "../transfer/transfers.ts";

const rounds = 9;

export const bench: Bench = {
  title: "bytes from one node to another that it can dial; a process each, on 127.0.0.1",
  peer: "js-libp2p tcp + tls + yamux, same run, transfers in turn",
  limit: "Node's own TLS with our key exchange and cipher, on a socket of node:net",
  async run(onStep) {
    onStep(`${rounds} transfers each, in turn, after one that warms up`);
    const measured = await measureInTurn(["ours", "libp2p", "tls"], { relayed: false, rounds });
    const speed = (transfers: readonly Transferred[]) => median(transfers.map((of) => of.mbPerSecond));
    const [peer, limit] = [speed(measured.libp2p), speed(measured.tls)];
    return [
      {
        key: "direct",
        unit: "MBPerSecond",
        title: `direct throughput, median of ${rounds}`,
        ours: speed(measured.ours),
        peer,
        limit,
        better: "higher",
        floor: Math.round(peer),
        aim: Math.round(0.7 * limit),
      },
    ];
  },
};
