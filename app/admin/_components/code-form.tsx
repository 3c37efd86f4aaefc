"use client";

import { type FormEvent, useState } from "react";
import { i18n } from "../../_shared/text/i18n";
import { Button } from "../../_shared/ui/button";
import { Field } from "../../_shared/ui/field";
import { Input } from "../../_shared/ui/input";
import { hasCode } from "../_hooks/backbone";
import { AdminError, useWaitMs } from "./admin-error";

interface CodeFormProps {
  label: string;
  hint: string;
  kind: "authenticator" | "recovery";
  busy: boolean;
  error: unknown;
  onCode: (code: string) => void;
}

const kinds = {
  authenticator: {
    pattern: /^\d{6}$/,
    wrong: /*i18n*/ "A code has six digits.",
    mode: "numeric",
    fill: "one-time-code",
  },
  recovery: {
    pattern: /^[a-z0-9]{16}$/i,
    wrong: /*i18n*/ "A recovery code has 16 letters and digits.",
    mode: "text",
    fill: "off",
  },
} as const;

/** Takes a code, however it is spaced. */
export function CodeForm({ label, hint, kind, busy, error, onCode }: CodeFormProps) {
  const [text, setText] = useState("");
  const [malformed, setMalformed] = useState(false);
  const waitMs = useWaitMs(error);
  const { pattern, wrong, mode, fill } = kinds[kind];
  // What is wrong with the code itself stands at the field; the rest above it.
  const refusal = hasCode(error, "SECOND_FACTOR_INVALID", "SECOND_FACTOR_REPLAYED", "RECOVERY_CODE_INVALID")
    ? `${error.message} ${error.action}`
    : null;

  function submit(event: FormEvent) {
    event.preventDefault();
    const code = text.replace(/[\s-]/g, "");
    setMalformed(!pattern.test(code));
    if (!pattern.test(code)) return;
    onCode(code);
    setText("");
  }

  return (
    <form onSubmit={submit} noValidate className="space-y-3">
      {refusal === null && <AdminError error={error} />}
      <Field label={label} hint={hint} error={malformed ? i18n._(wrong) : refusal}>
        {(props) => (
          <Input
            {...props}
            value={text}
            onChange={(event) => setText(event.target.value)}
            inputMode={mode}
            autoComplete={fill}
            autoCapitalize="none"
            spellCheck={false}
            maxLength={40}
            className="max-w-72 font-mono tracking-wider"
          />
        )}
      </Field>
      <Button type="submit" look="primary" busy={busy} disabled={waitMs > 0}>
        {i18n._("Confirm")}
      </Button>
    </form>
  );
}
