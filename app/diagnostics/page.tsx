import type { Metadata } from "next";
import { Room } from "../_shared/shell/room";
import { DiagnosticsRoom } from "./_components/diagnostics-room";

export const metadata: Metadata = { title: "Diagnostics" };

export default function Page() {
  return (
    <Room title="Diagnostics" lead="What the daemon logs, and a file with all that a bug report needs.">
      <DiagnosticsRoom />
    </Room>
  );
}
