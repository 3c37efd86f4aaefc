import type { Metadata } from "next";
import { Suspense } from "react";
import { RoomHead } from "../_shared/shell/room-head";
import { contentId } from "../_shared/shell/skip-link";
import { Skeleton } from "../_shared/ui/skeleton";
import { AdminRoom } from "./_components/admin-room";

export const metadata: Metadata = {
  description: "The page of a ShadowMesh backbone's admins.",
};

export default function Page() {
  return (
    <main id={contentId} tabIndex={-1} className="mx-auto max-w-6xl px-4 pt-5 pb-16 outline-none">
      <RoomHead
        title={/*i18n*/ "Admin"}
        lead={/*i18n*/ "The devices, the audit log and your sessions at this backbone."}
      />
      {/* What it shows stands in the address, which nobody knows at build time. */}
      <Suspense fallback={<Skeleton lines={6} />}>
        <AdminRoom />
      </Suspense>
    </main>
  );
}
