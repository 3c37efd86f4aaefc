"use client";

import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useShownOnce } from "../../_shared/text/use-shown-once";
import { adminSessionKey, useAdminCall } from "./use-admin-session";

/** A new secret for an authenticator, which counts from its first code on. */
export function useEnrol() {
  const call = useAdminCall();
  const [otpauthUri, keep] = useShownOnce<string>("second factor");
  const enrol = useMutation({
    gcTime: 0,
    mutationFn: () => call("enrolSecondFactor", {}),
    onSuccess: (answer) => keep(answer.otpauthUri),
  });
  return { otpauthUri, enrol, forget: () => keep(null) };
}

/** Shows a code; after an enrolment, `onRecoveryCodes` gets the codes that are shown once. */
export function useVerify(onRecoveryCodes: (codes: readonly string[]) => void) {
  const queries = useQueryClient();
  const call = useAdminCall();
  return useMutation({
    gcTime: 0,
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
    gcTime: 0,
    mutationFn: () => call("renewRecoveryCodes", {}),
    onSuccess: ({ recoveryCodes }) => onRecoveryCodes(recoveryCodes),
  });
}
