import type { Registration } from "../../../node/core/schema.ts";
import { encodeRegion, nodeTypeNumber } from "../../_shared/chain/nexus.ts";
import type { Plan } from "../../_shared/chain/plan.ts";
import {
  formatBps,
  formatDuration,
  formatNumber,
  formatShm,
  nodeTypeName,
  regionName,
  shortHex,
} from "../../_shared/node/format.ts";
import { i18n } from "../../_shared/text/i18n.ts";
import { beginsAtOnce, type Commission } from "./commission.ts";
import type { Offer } from "./use-offer.ts";

type Node = Pick<Registration, "peerId" | "nodeType" | "region" | "bandwidthMbps" | "stakeWei">;

const named = ({ peerId }: Pick<Node, "peerId">) => ({ name: i18n._("Node"), value: shortHex(peerId) });

/** Another offer; `addedWei` is what the new type needs beyond the present stake. */
export function changePlan(node: Node, offer: Offer, addedWei: bigint): Plan {
  const facts = [
    named(node),
    change(i18n._("Type"), nodeTypeName(node.nodeType), nodeTypeName(offer.nodeType)),
    change(i18n._("Region"), regionName(node.region), regionName(offer.region)),
    change(i18n._("Bandwidth"), mbps(node.bandwidthMbps), mbps(offer.bandwidthMbps)),
  ];
  if (addedWei > 0n) facts.push({ name: i18n._("Added to the stake"), value: formatShm(addedWei, 6) });
  const { nodeType, region, bandwidthMbps } = offer;
  return {
    calls: [
      {
        functionName: "update",
        args: [node.peerId, nodeTypeNumber(nodeType), encodeRegion(region), bandwidthMbps],
        value: addedWei,
      },
    ],
    what: i18n._("this change"),
    signLabel: i18n._("Sign and change"),
    facts,
    done: i18n._("The change is on chain."),
  };
}

const change = (name: string, before: string, after: string) => ({
  name,
  value: before === after ? after : `${before} → ${after}`,
});

const mbps = (value: number) => i18n._("{value} Mbit/s", { value: formatNumber(value) });

export function topUpPlan(node: Node, wei: bigint): Plan {
  return {
    calls: [{ functionName: "topUp", args: [node.peerId], value: wei }],
    what: i18n._("this deposit"),
    signLabel: i18n._("Sign and add"),
    facts: [
      named(node),
      { name: i18n._("Added to the stake"), value: formatShm(wei, 6) },
      { name: i18n._("Stake then"), value: formatShm(BigInt(node.stakeWei) + wei, 6) },
    ],
    done: i18n._("The stake has grown."),
  };
}

/** A commission of so many 1/100 %, at once or announced. */
export function commissionPlan(node: Node, now: Commission, bps: number, unbondingMs: number): Plan {
  const atOnce = beginsAtOnce(now, bps);
  const begins = atOnce ? i18n._("at once") : i18n._("{time} later", { time: formatDuration(unbondingMs) });
  return {
    calls: [{ functionName: "setCommission", args: [node.peerId, bps] }],
    what: i18n._("this commission"),
    signLabel: atOnce ? i18n._("Sign and change") : i18n._("Sign and announce"),
    facts: [
      named(node),
      change(i18n._("Commission"), formatBps(now.bps), formatBps(bps)),
      { name: i18n._("Begins"), value: begins },
    ],
    note: atOnce
      ? undefined
      : i18n._("Stakers see it announced. Once its time has come, anybody can have it begin; the button is here."),
    done: atOnce
      ? i18n._("The commission is {percent}.", { percent: formatBps(bps) })
      : i18n._("The commission is announced."),
  };
}

export function beginCommissionPlan(node: Node, { bps, next }: Commission): Plan {
  const then = formatBps(next?.bps ?? bps);
  return {
    calls: [{ functionName: "executeCommission", args: [node.peerId] }],
    what: i18n._("this commission"),
    signLabel: i18n._("Sign and begin"),
    facts: [named(node), change(i18n._("Commission"), formatBps(bps), then)],
    done: i18n._("The commission is {percent}.", { percent: then }),
  };
}

/** When what leaves can be withdrawn; null where the contract was not asked yet. */
export const unbondingText = (unbondingMs: number | null): string =>
  unbondingMs === null
    ? i18n._("after the unbonding period")
    : i18n._("{time} later", { time: formatDuration(unbondingMs) });

/** The end of a registration; `ownWei` is what of the node's stake is the operator's. */
export function deregisterPlan(node: Node, ownWei: bigint, unbondingMs: number | null): Plan {
  return {
    calls: [{ functionName: "deregister", args: [node.peerId] }],
    what: i18n._("this departure"),
    signLabel: i18n._("Sign and deregister"),
    facts: [
      named(node),
      { name: i18n._("Your stake"), value: formatShm(ownWei, 6) },
      { name: i18n._("To withdraw"), value: unbondingText(unbondingMs) },
    ],
    note: i18n._("Others stop finding the node at once. Until the stake is withdrawn it can still be slashed."),
    done: i18n._("The node is leaving."),
  };
}

export function withdrawPlan(peerId: Node["peerId"], wei: bigint): Plan {
  return {
    calls: [{ functionName: "withdraw", args: [peerId] }],
    what: i18n._("this withdrawal"),
    signLabel: i18n._("Sign and withdraw"),
    facts: [named({ peerId }), { name: i18n._("Stake"), value: formatShm(wei, 6) }],
    paysWei: wei,
    done: i18n._("The stake is back in your wallet."),
  };
}
