"use client";

import { useMutation, useQueryClient } from "@tanstack/react-query";
import { adminSessionKey, useAdminCall } from "./use-admin-session";

/** A new secret for an authenticator, which counts from its first code on. */
export function useEnrol() {
  const call = useAdminCall();
  return useMutation({
    mutationFn: async () => {
      const { otpauthUri } = await call("enrolSecondFactor", {});
      return { otpauthUri, secret: new URL(otpauthUri).searchParams.get("secret") ?? "" };
    },
  });
}

/** Shows a code; after an enrolment, `onRecoveryCodes` gets the codes that are shown once. */
export function useVerify(onRecoveryCodes: (codes: readonly string[]) => void) {
  const queries = useQueryClient();
  const call = useAdminCall();
  return useMutation({
    mutationFn: (code: string) => call("verifySecondFactor", { code }),
    onSuccess: async ({ recoveryCodes }) => {
      if (recoveryCodes !== null) onRecoveryCodes(recoveryCodes);
      await queries.invalidateQueries({ queryKey: adminSessionKey });
    },
  });
}

/** Shows a recovery code in place of the authenticator's. */
export function useRecover(onRecovered: (codesLeft: number) => void) {
  const queries = useQueryClient();
  const call = useAdminCall();
  return useMutation({
    mutationFn: (code: string) => call("useRecoveryCode", { code }),
    onSuccess: async ({ codesLeft }) => {
      onRecovered(codesLeft);
      await queries.invalidateQueries({ queryKey: adminSessionKey });
    },
  });
}

export function useRenewRecoveryCodes(onRecoveryCodes: (codes: readonly string[]) => void) {
  const call = useAdminCall();
  return useMutation({
    mutationFn: () => call("renewRecoveryCodes", {}),
    onSuccess: ({ recoveryCodes }) => onRecoveryCodes(recoveryCodes),
  });
}
