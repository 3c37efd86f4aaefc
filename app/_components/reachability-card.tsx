import type { NodeStatus } from "../../node/api/daemon.ts";
import { shortAddress, shortHex } from "../_shared/node/format";
import { i18n } from "../_shared/text/i18n";
import { Badge } from "../_shared/ui/badge";
import { Card } from "../_shared/ui/card";
import { CopyText } from "../_shared/ui/copy-text";

const reach = {
  direct: {
    tone: "ok",
    word: /*i18n*/ "Direct",
    sentence: /*i18n*/ "Others have connected to this node at its addresses.",
  },
  unverified: {
    tone: "warn",
    word: /*i18n*/ "Listening, not verified",
    sentence:
      /*i18n*/ "Nobody has connected to these addresses yet. Behind a router, forward their ports to this machine.",
  },
  relayed: {
    tone: "accent",
    word: /*i18n*/ "Relayed",
    sentence: /*i18n*/ "Others reach this node through relays, encrypted end to end.",
  },
  none: {
    tone: "warn",
    word: /*i18n*/ "Not reachable",
    sentence: /*i18n*/ "It listens, but nobody can reach it at the moment.",
  },
} as const;

export function ReachabilityCard({ overlay }: { overlay: NodeStatus["overlay"] }) {
  const { tone, word, sentence } = reach[overlay.reachability];
  const rows = [
    ...overlay.addresses.map((text) => ({ text, shown: shortAddress(text), what: i18n._("address") })),
    ...overlay.relays.map((text) => ({
      text,
      shown: i18n._("relay {relay}", { relay: shortHex(text) }),
      what: i18n._("relay's peer ID"),
    })),
  ];
  return (
    <Card title={i18n._("Reachability")} aside={<Badge tone={tone}>{i18n._(word)}</Badge>}>
      <p className="text-[0.93rem] text-muted">
        {overlay.running ? i18n._(sentence) : i18n._("The overlay has not started yet.")}
      </p>
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
