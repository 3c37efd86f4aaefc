import { Room } from "../_shared/shell/room";
import { NetworkRoom } from "./_components/network-room";

export default function Page() {
  return (
    <Room
      title={/*i18n*/ "Network"}
      lead={
        /*i18n*/ "Every registered node, how any of them is reached, and who yours is connected to. Each score can be computed anew, here, from signed probes."
      }
    >
      <NetworkRoom />
    </Room>
  );
}
