import { networkInterfaces } from "node:os";

/** Cheap (some 0.1 ms), and what is left of two seconds is needed to be back. */
const intervalMs = 250;

/** Tells when the machine's addresses change. */
export interface NetworkWatch {
  start(): void;
  stop(): void;
}

/** @param onChange Told of the addresses that have gone, and of those that are there now. */
export function createNetworkWatch(
  onChange: (lost: ReadonlySet<string>, present: ReadonlySet<string>) => void,
): NetworkWatch {
  let timer: NodeJS.Timeout | undefined;
  let known = new Set<string>();
  const look = () => {
    const present = ownHosts();
    const before = known;
    known = present;
    const lost = new Set([...before].filter((host) => !present.has(host)));
    if (lost.size > 0 || present.size > before.size) onChange(lost, present);
  };
  return {
    start() {
      known = ownHosts();
      timer = setInterval(look, intervalMs);
    },
    stop: () => clearInterval(timer),
  };
}

function ownHosts(): Set<string> {
  const addresses = Object.values(networkInterfaces()).flatMap((list) => list ?? []);
  return new Set(addresses.map(({ address }) => address));
}
