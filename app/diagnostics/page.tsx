import { Room } from "../_shared/shell/room";
import { DiagnosticsRoom } from "./_components/diagnostics-room";

export default function Page() {
  return (
    <Room
      title={/*i18n*/ "Diagnostics"}
      lead={
        /*i18n*/ "What the daemon logs as it happens, and one file with all that a bug report needs: it stays on your machine until you send it to somebody."
      }
    >
      <DiagnosticsRoom />
    </Room>
  );
}
