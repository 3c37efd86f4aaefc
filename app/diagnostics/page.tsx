import { Room } from "../_shared/shell/room";
import { DiagnosticsRoom } from "./_components/diagnostics-room";

export default function Page() {
  return (
    <Room
      title={/*i18n*/ "Diagnostics"}
      lead={/*i18n*/ "What the daemon logs, and a file with all that a bug report needs."}
    >
      <DiagnosticsRoom />
    </Room>
  );
}
