"use client";

import { useRouter } from "next/navigation";
import { type ReactNode, useEffect } from "react";
import { useWelcome } from "../_shared/node/welcome";
import { Skeleton } from "../_shared/ui/skeleton";
import { useUnhurried } from "../_shared/ui/use-unhurried";

/** A new node begins with Welcome. */
export function WelcomeFirst({ children }: { children: ReactNode }) {
  const { data, isPending } = useWelcome();
  const router = useRouter();
  const opens = data?.opensByItself === true;
  useEffect(() => {
    if (opens) router.replace("/welcome/");
  }, [opens, router]);
  return useUnhurried(!isPending && !opens) ? children : <Skeleton lines={8} />;
}
