"use client";

import { Gate } from "../../_shared/shell/gate";
import { LogCard } from "./log-card";

export function LogsRoom() {
  return (
    <Gate>
      <LogCard />
    </Gate>
  );
}
