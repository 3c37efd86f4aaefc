import type { Metadata } from "next";
import { Suspense } from "react";
import { contentId } from "../_shared/shell/skip-link";
import { Skeleton } from "../_shared/ui/skeleton";
import { AdminRoom } from "./_components/admin-room";

export const metadata: Metadata = { title: "Admin", description: "The page of a ShadowMesh backbone's admins." };

export default function Page() {
  return (
    <main id={contentId} tabIndex={-1} className="mx-auto max-w-6xl px-4 pt-5 pb-16 outline-none">
      <h1 className="font-semibold text-xl tracking-tight">Admin</h1>
      <p className="mb-4 text-muted">The devices, the audit log and your sessions at this backbone.</p>
      {/* What it shows stands in the address, which nobody knows at build time. */}
      <Suspense fallback={<Skeleton lines={6} />}>
        <AdminRoom />
      </Suspense>
    </main>
  );
}
