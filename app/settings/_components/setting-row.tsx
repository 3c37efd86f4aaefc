"use client";

import { useState } from "react";
import type { Setting } from "../../../node/api/settings.ts";
import { ErrorAlert } from "../../_shared/node/error-alert";
import { fixedText, useChangeSetting } from "../../_shared/node/settings";
import { i18n } from "../../_shared/text/i18n";
import { Badge } from "../../_shared/ui/badge";
import { Button } from "../../_shared/ui/button";
import { describeValue } from "../_hooks/value";
import { SettingForm } from "./setting-form";

const sources: Record<Setting["source"], string | null> = {
  default: null,
  file: /*i18n*/ "set in the file",
  environment: /*i18n*/ "set by its variable",
  flag: /*i18n*/ "set by a flag",
};

/** An option: what it does, what it is, and how to change it. */
export function SettingRow({ setting }: { setting: Setting }) {
  const { section, name, meaning, source, editable } = setting;
  const [editing, setEditing] = useState(false);
  const reset = useChangeSetting(setting);
  const label = `${section}.${name}`;
  const origin = sources[source];
  const now = describeValue(setting, setting.value);
  const next = describeValue(setting, setting.next);
  return (
    <li className="grid gap-x-6 gap-y-1.5 py-3 first:pt-0 last:pb-0 md:grid-cols-[1fr_minmax(16rem,22rem)]">
      <div className="min-w-0">
        <h3 className="flex flex-wrap items-center gap-2">
          <span className="font-medium font-mono text-sm">{name}</span>
          {origin && <Badge tone={source === "file" ? "accent" : "neutral"}>{i18n._(origin)}</Badge>}
        </h3>
        <p lang="en" className="mt-0.5 text-[0.93rem] text-muted">
          <Meaning>{meaning}</Meaning>
        </p>
      </div>
      <div className="min-w-0">
        {editing ? (
          <SettingForm setting={setting} onDone={() => setEditing(false)} />
        ) : (
          <div className="flex flex-wrap items-center justify-between gap-2">
            <p className="min-w-0 break-words text-[0.93rem] tabular-nums">
              {now}
              {now !== next && <span className="text-warn"> {i18n._("→ {next} at the next start", { next })}</span>}
              {source !== "default" && (
                <span className="block text-muted text-sm">
                  {i18n._("Default: {value}", { value: describeValue(setting, setting.default) })}
                </span>
              )}
            </p>
            <span className="flex min-w-0 gap-1">
              {editable && source === "file" && (
                <Button
                  look="ghost"
                  busy={reset.isPending}
                  aria-label={i18n._("Reset {option}", { option: label })}
                  onClick={() => reset.mutate(undefined)}
                >
                  {i18n._("Reset")}
                </Button>
              )}
              {editable ? (
                <Button aria-label={i18n._("Change {option}", { option: label })} onClick={() => setEditing(true)}>
                  {i18n._("Change")}
                </Button>
              ) : (
                <span className="text-muted text-sm [overflow-wrap:anywhere]">{fixedText(setting)}</span>
              )}
            </span>
          </div>
        )}
        {reset.error && <ErrorAlert error={reset.error} />}
      </div>
    </li>
  );
}

/** A sentence of the reference: what stands between backticks is code. */
function Meaning({ children }: { children: string }) {
  return children.split("`").map((part, index) => (index % 2 === 0 ? part : <code key={part}>{part}</code>));
}
