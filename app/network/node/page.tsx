import { Suspense } from "react";
import { Room } from "../../_shared/shell/room";
import { Skeleton } from "../../_shared/ui/skeleton";
import { NodeRoom } from "../_components/node-room";

export default function Page() {
  return (
    <Room
      title={/*i18n*/ "Node"}
      lead={/*i18n*/ "What the contract says of one node, what its score is made of, and how it is reached."}
    >
      {/* Which node stands in the address, which nobody knows at build time. */}
      <Suspense fallback={<Skeleton lines={8} />}>
        <NodeRoom />
      </Suspense>
    </Room>
  );
}
