"use client";

import { QueryClientProvider } from "@tanstack/react-query";
import { type ReactNode, useState } from "react";
import { createQueryClient } from "../node/query-client";
import { LanguageProvider } from "../text/language";
import { ErrorBoundary } from "./error-boundary";

export function Providers({ children }: { children: ReactNode }) {
  const [queryClient] = useState(createQueryClient);
  return (
    <QueryClientProvider client={queryClient}>
      <LanguageProvider>
        <ErrorBoundary>{children}</ErrorBoundary>
      </LanguageProvider>
    </QueryClientProvider>
  );
}
