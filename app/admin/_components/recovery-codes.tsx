"use client";

import { useState } from "react";
import { i18n } from "../../_shared/text/i18n";
import { Alert } from "../../_shared/ui/alert";
import { Button, buttonClass } from "../../_shared/ui/button";
import { Card } from "../../_shared/ui/card";
import { useCopied } from "../../_shared/ui/use-copied";

/** Recovery codes, shown once: who goes on says that they are kept. */
export function RecoveryCodes({ codes, onSaved }: { codes: readonly string[]; onSaved: () => void }) {
  const [saved, setSaved] = useState(false);
  const [copied, copy] = useCopied();
  const text = `${codes.join("\n")}\n`;
  return (
    <Card title={i18n._("Save your recovery codes")} className="max-w-2xl">
      <div className="space-y-4">
        <Alert tone="warn" title={i18n._("They are shown this once.")}>
          {i18n._(
            "Each stands in for a code of your authenticator, once. Keep them where you would find them without this machine; codes of before are worth nothing any more.",
          )}
        </Alert>
        <ul
          aria-label={i18n._("Recovery codes")}
          className="grid gap-x-6 gap-y-1 rounded-md border border-line bg-raised p-3 font-mono sm:grid-cols-2"
        >
          {codes.map((code) => (
            <li key={code}>{code}</li>
          ))}
        </ul>
        <div className="flex flex-wrap gap-2">
          <Button onClick={() => copy(text)}>{copied ? i18n._("Copied") : i18n._("Copy")}</Button>
          <a
            className={buttonClass()}
            download="shadowmesh-recovery-codes.txt"
            href={`data:text/plain;charset=utf-8,${encodeURIComponent(text)}`}
          >
            {i18n._("Download")}
          </a>
        </div>
        <label className="flex items-center gap-2.5">
          <input
            type="checkbox"
            checked={saved}
            onChange={(event) => setSaved(event.target.checked)}
            className="size-4 accent-accent"
          />
          {i18n._("I have saved these codes")}
        </label>
        <Button look="primary" disabled={!saved} onClick={onSaved}>
          {i18n._("Continue")}
        </Button>
      </div>
    </Card>
  );
}
