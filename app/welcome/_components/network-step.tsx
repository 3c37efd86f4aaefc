"use client";

import { formatNumber, shortAddress, shortHex } from "../../_shared/node/format";
import { i18n } from "../../_shared/text/i18n";
import { Badge, type Tone } from "../../_shared/ui/badge";
import { Button } from "../../_shared/ui/button";
import { Card } from "../../_shared/ui/card";
import { Fact, Facts } from "../../_shared/ui/facts";
import { findRung, type Rung, type RungFound, type Why } from "../_hooks/rung";
import type { StepProps } from "./step-props";

const words: Record<Rung, { seen: string; expected: string; tone: Tone }> = {
  direct: { seen: /*i18n*/ "Direct", expected: /*i18n*/ "Direct, expected", tone: "ok" },
  relayed: { seen: /*i18n*/ "Through relays", expected: /*i18n*/ "Through relays, expected", tone: "accent" },
  unknown: { seen: /*i18n*/ "Finding out", expected: /*i18n*/ "Finding out", tone: "neutral" },
};

/** How others will reach this machine, and why; it follows what the daemon finds out. */
export function NetworkStep({ status, busy, goTo }: StepProps) {
  const { overlay, chain, registration } = status;
  const found = findRung(overlay);
  const { tone } = words[found.rung];
  return (
    <Card
      title={i18n._("Network check")}
      lead={i18n._(
        "Others reach a node directly, through a hole punched into both routers, or through relays: the best that works.",
      )}
      aside={<Badge tone={tone}>{i18n._(words[found.rung][found.seen ? "seen" : "expected"])}</Badge>}
    >
      <div className="space-y-4">
        <div aria-live="polite" className="space-y-2 text-[0.93rem]">
          <p>{whyText(found.why)}</p>
          <p className="text-muted">{meaningOf(found)}</p>
          {!registration && !found.seen && (
            <p className="text-muted">
              {i18n._("Nobody has tried yet: others look for this node once it is registered.")}
            </p>
          )}
        </div>
        <Facts>
          <Fact name={i18n._("Connected peers")}>{formatNumber(overlay.connectedPeers)}</Fact>
          <Fact name={i18n._("Chain")}>
            {chain.state === "connected"
              ? i18n._("answers, block {block}", { block: String(chain.blockNumber) })
              : i18n._("does not answer")}
          </Fact>
          {overlay.addresses.map((address) => (
            <Fact key={address} name={i18n._("Address")}>
              <span className="font-mono text-sm">{shortAddress(address)}</span>
            </Fact>
          ))}
          {overlay.relays.map((relay) => (
            <Fact key={relay} name={i18n._("Relay")}>
              <span className="font-mono text-sm">{shortHex(relay)}</span>
            </Fact>
          ))}
        </Facts>
        <Button look="primary" busy={busy} onClick={() => goTo("service")}>
          {i18n._("Continue")}
        </Button>
      </div>
    </Card>
  );
}

function whyText(why: Why): string {
  switch (why.reason) {
    case "dialled":
      return i18n._("Others have connected to this machine at its own addresses.");
    case "relays":
      return i18n._(
        "{relays, plural, one {A relay passes} other {# relays pass}} this node's traffic on, encrypted end to end: nobody can dial the machine itself.",
        { relays: why.relays },
      );
    case "forwarded":
      return i18n._("Your router forwards the node's ports by {protocol}, as {host}.", {
        protocol: why.protocol,
        host: why.externalHost,
      });
    case "public-address":
      return i18n._(
        "This machine has a public address of its own: {address}. A firewall before it has to let its ports through.",
        { address: why.address },
      );
    case "router":
      return why.sentence;
    case "no-address":
      return i18n._("This node listens on no address that others could dial: it only dials out.");
    case "looking":
      return i18n._("The daemon looks for a router that forwards its ports.");
  }
}

function meaningOf({ rung }: RungFound): string {
  if (rung === "direct") return i18n._("It can be public: relays have to be dialled directly.");
  if (rung === "relayed")
    return i18n._(
      "It works as private or view-only. Where both routers allow it, connections leave the relay for a punched hole. To be public, forward the ports in your router first.",
    );
  return i18n._("This takes a few seconds.");
}
