"use client";

import { Trans } from "@lingui/react";
import { Gate } from "../../_shared/shell/gate";
import { Link } from "../../_shared/ui/link";
import { BundleCard } from "./bundle-card";

export function DiagnosticsRoom() {
  return (
    <Gate>
      <div className="grid gap-4">
        <BundleCard />
        <p>
          <Trans
            id="The log itself, as it grows, is under <0>Logs</0>."
            components={{ 0: <Link href="/logs/" className="font-medium text-accent underline" /> }}
          />
        </p>
      </div>
    </Gate>
  );
}
