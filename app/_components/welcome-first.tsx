"use client";

import { useRouter } from "next/navigation";
import { type ReactNode, useEffect } from "react";
import { useWelcome } from "../_shared/node/welcome";
import { Skeleton } from "../_shared/ui/skeleton";

/** A new node begins with Welcome. */
export function WelcomeFirst({ children }: { children: ReactNode }) {
  const { data, isPending } = useWelcome();
  const router = useRouter();
  const opens = data?.opensByItself === true;
  useEffect(() => {
    if (opens) router.replace("/welcome/");
  }, [opens, router]);
  return isPending || opens ? <Skeleton lines={8} /> : children;
}
