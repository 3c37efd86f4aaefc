"use client";

import type { ComponentProps } from "react";
import { Alert } from "../ui/alert";
import { Button } from "../ui/button";
import type { ContractCall } from "./contract-call";
import { ExplainedError } from "./explained-error";
import { phaseText, type useSend } from "./send";

interface SendButtonProps {
  label: string;
  look?: ComponentProps<typeof Button>["look"];
  disabled?: boolean;
  send: ReturnType<typeof useSend>;
  call: () => ContractCall;
  /** What is true once it is mined. */
  done?: string;
  onDone?: () => void;
}

/** A button that sends one call, and says under itself how far it is and how it ended. */
export function SendButton({ label, look = "primary", disabled, send, call, done, onDone }: SendButtonProps) {
  return (
    <div className="space-y-3">
      <div className="flex flex-wrap items-center gap-3">
        <Button
          look={look}
          disabled={disabled}
          busy={send.isPending}
          onClick={() => send.mutate([call()], { onSuccess: onDone })}
        >
          {label}
        </Button>
        <p aria-live="polite" className="text-muted text-sm">
          {send.phase && phaseText(send.phase)}
        </p>
      </div>
      <ExplainedError error={send.error} />
      {send.isSuccess && done && <Alert tone="ok" title={done} />}
    </div>
  );
}
