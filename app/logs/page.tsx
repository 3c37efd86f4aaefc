import { Room } from "../_shared/shell/room";
import { LogsRoom } from "./_components/logs-room";

export default function Page() {
  return (
    <Room
      title={/*i18n*/ "Logs"}
      lead={
        /*i18n*/ "What the daemon logs, as it happens: the newest line is at the end. Narrow it by level and text, and take with you what is left."
      }
    >
      <LogsRoom />
    </Room>
  );
}
