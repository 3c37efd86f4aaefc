import { Room } from "../_shared/shell/room";
import { EarningsRoom } from "./_components/earnings-room";

export default function Page() {
  return (
    <Room
      title={/*i18n*/ "Earnings"}
      lead={
        /*i18n*/ "What this node relayed for others, what they promised for it, and what was paid. A promise is a signed voucher, which the chain pays when it is redeemed."
      }
    >
      <EarningsRoom />
    </Room>
  );
}
