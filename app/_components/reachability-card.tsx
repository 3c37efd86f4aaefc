import type { NodeStatus } from "../../node/api/daemon.ts";
import { shortAddress, shortHex } from "../_shared/node/format";
import { Badge } from "../_shared/ui/badge";
import { Card } from "../_shared/ui/card";
import { CopyText } from "../_shared/ui/copy-text";

const reach = {
  direct: { tone: "ok", word: "Direct", sentence: "Others have connected to this node at its addresses." },
  unverified: {
    tone: "warn",
    word: "Listening, not verified",
    sentence: "Nobody has connected to these addresses yet. Behind a router, forward their ports to this machine.",
  },
  relayed: {
    tone: "accent",
    word: "Relayed",
    sentence: "Others reach this node through relays, encrypted end to end.",
  },
  none: { tone: "warn", word: "Not reachable", sentence: "It listens, but nobody can reach it at the moment." },
} as const;

export function ReachabilityCard({ overlay }: { overlay: NodeStatus["overlay"] }) {
  const { tone, word, sentence } = reach[overlay.reachability];
  const rows = [
    ...overlay.addresses.map((text) => ({ text, shown: shortAddress(text), what: "address" })),
    ...overlay.relays.map((text) => ({ text, shown: `relay ${shortHex(text)}`, what: "relay's peer ID" })),
  ];
  return (
    <Card title="Reachability" aside={<Badge tone={tone}>{word}</Badge>}>
      <p className="text-[0.93rem] text-muted">{overlay.running ? sentence : "The overlay has not started yet."}</p>
      {rows.length > 0 && (
        <ul className="mt-2 space-y-0.5">
          {rows.map((row) => (
            <li key={`${row.what} ${row.text}`}>
              <CopyText {...row} />
            </li>
          ))}
        </ul>
      )}
    </Card>
  );
}
