import type { Registration } from "../../../node/core/schema.ts";
import { i18n } from "../text/i18n";
import { Fact } from "../ui/facts";
import { formatNumber, formatShm, nodeTypeName, regionName } from "./format";

/** What a node offers and what vouches for it. */
export function RegistrationFacts({ registration }: { registration: Registration }) {
  const { nodeType, region, bandwidthMbps, stakeWei } = registration;
  return (
    <>
      <Fact name={i18n._("Type")}>{nodeTypeName(nodeType)}</Fact>
      <Fact name={i18n._("Region")}>{regionName(region)}</Fact>
      <Fact name={i18n._("Bandwidth")}>{i18n._("{mbps} Mbit/s", { mbps: formatNumber(bandwidthMbps) })}</Fact>
      <Fact name={i18n._("Stake")}>{formatShm(stakeWei)}</Fact>
    </>
  );
}
