import { Room } from "../_shared/shell/room";
import { SettingsRoom } from "./_components/settings-room";

export default function Page() {
  return (
    <Room
      title={/*i18n*/ "Settings"}
      lead={
        /*i18n*/ "Every option of this daemon: what it does, what it is now, and what it is unless you change it. Each change says from when on it counts."
      }
    >
      <SettingsRoom />
    </Room>
  );
}
