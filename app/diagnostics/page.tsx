import { Room } from "../_shared/shell/room";
import { DiagnosticsRoom } from "./_components/diagnostics-room";

export default function Page() {
  return (
    <Room
      title={/*i18n*/ "Diagnostics"}
      lead={
        /*i18n*/ "One file with all that a bug report needs. It stays on your machine until you send it to somebody."
      }
    >
      <DiagnosticsRoom />
    </Room>
  );
}
