"use client";

import { Gate } from "../../_shared/shell/gate";
import { BundleCard } from "./bundle-card";
import { LogCard } from "./log-card";

export function DiagnosticsRoom() {
  return (
    <Gate>
      <div className="grid gap-4">
        <BundleCard />
        <LogCard />
      </div>
    </Gate>
  );
}
