import { Room } from "../_shared/shell/room";
import { StakeRoom } from "./_components/stake-room";

export default function Page() {
  return (
    <Room
      title={/*i18n*/ "Stake"}
      lead={
        /*i18n*/ "Compare nodes by score, commission, stake and rewards, stake on those that you trust, share in what they earn, and leave when you like."
      }
    >
      <StakeRoom />
    </Room>
  );
}
