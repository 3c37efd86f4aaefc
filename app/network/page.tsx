import type { Metadata } from "next";
import { Room } from "../_shared/shell/room";
import { NetworkRoom } from "./_components/network-room";

export const metadata: Metadata = { title: "Network" };

export default function Page() {
  return (
    <Room title="Network" lead="Who your node is connected to, and a look-up of any other.">
      <NetworkRoom />
    </Room>
  );
}
