import { Room } from "../_shared/shell/room";
import { WelcomeRoom } from "./_components/welcome-room";

export default function Page() {
  return (
    <Room
      title={/*i18n*/ "Welcome"}
      lead={/*i18n*/ "Set your node up, step by step. You can leave at any time and go on later."}
    >
      <WelcomeRoom />
    </Room>
  );
}
