/** Looks without a packet until a probe asks for one: it also keeps the NATs' mappings, which last for 30 s and more. */
const quietBeforeProbe = 4;
/** Looks without a packet until the path is given up. A machine that is held up misses looks as well as packets. */
const quietBeforeEnd = 10;

/**
 * Watches a path that nobody else tells the end of: UDP has no reset, and a NAT that forgets a mapping says nothing.
 * Returns what ends the watch.
 */
export function watchPath(
  path: { packetsReceived(): number; probe(): void; onDead(): void },
  { lookEveryMs = 1_000 } = {},
): () => void {
  let received = path.packetsReceived();
  let quiet = 0;
  const look = () => {
    const now = path.packetsReceived();
    quiet = now === received ? quiet + 1 : 0;
    received = now;
    if (quiet >= quietBeforeEnd) {
      clearInterval(timer);
      path.onDead();
    } else if (quiet >= quietBeforeProbe) path.probe();
  };
  const timer = setInterval(look, lookEveryMs);
  return () => clearInterval(timer);
}
