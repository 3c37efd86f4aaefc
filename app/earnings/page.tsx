import type { Metadata } from "next";
import { Room } from "../_shared/shell/room";
import { EarningsRoom } from "./_components/earnings-room";

export const metadata: Metadata = { title: "Earnings" };

export default function Page() {
  return (
    <Room
      title={/*i18n*/ "Earnings"}
      lead={/*i18n*/ "What this node relayed for others, what they promised for it, and what was paid."}
    >
      <EarningsRoom />
    </Room>
  );
}
