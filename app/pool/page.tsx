import { Room } from "../_shared/shell/room";
import { PoolRoom } from "./_components/pool-room";

export default function Page() {
  return (
    <Room
      title={/*i18n*/ "Pool"}
      lead={
        /*i18n*/ "What people's devices offer together right now, and who joins and leaves as it happens. A device offers what its owner chose, and nothing before that."
      }
    >
      <PoolRoom />
    </Room>
  );
}
