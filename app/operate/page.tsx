import { Room } from "../_shared/shell/room";
import { OperateRoom } from "./_components/operate-room";

export default function Page() {
  return (
    <Room
      title={/*i18n*/ "Operate"}
      lead={
        /*i18n*/ "Register your node, change what it offers, add stake, or leave. You see what the contract would make of each step before anything is signed."
      }
    >
      <OperateRoom />
    </Room>
  );
}
