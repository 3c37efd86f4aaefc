"use client";

import { type FormEvent, useState } from "react";
import { peerIdSchema } from "../../../node/core/schema.ts";
import { ErrorAlert } from "../../_shared/node/error-alert";
import { Button } from "../../_shared/ui/button";
import { Card } from "../../_shared/ui/card";
import { Field } from "../../_shared/ui/field";
import { Input } from "../../_shared/ui/input";
import { useProbe } from "../_hooks/use-probe";
import { LookupAnswer } from "./lookup-answer";
import { PingAnswer } from "./ping-answer";
import { SpeedAnswer } from "./speed-answer";

/** Finds, pings and measures any node by its peer ID. */
export function Probe() {
  const [text, setText] = useState("");
  const [invalid, setInvalid] = useState<string | null>(null);
  const { lookup, ping, speed, reset } = useProbe();

  const ask = (question: (peerId: string) => void) => {
    const parsed = peerIdSchema.safeParse(text);
    setInvalid(parsed.success ? null : "A peer ID is 40 hex digits, with or without 0x.");
    if (parsed.success) question(parsed.data);
  };
  const submit = (event: FormEvent) => {
    event.preventDefault();
    ask(lookup.mutate);
  };
  const answers = lookup.data || ping.data || speed.data || lookup.error || ping.error || speed.error;
  return (
    <Card title="Reach a node">
      <form onSubmit={submit} noValidate className="space-y-3">
        <Field label="Peer ID" error={invalid} hint="Asks the peer cache, the DHTs and the backbone at once.">
          {(props) => (
            <Input
              {...props}
              value={text}
              onChange={(event) => {
                setText(event.target.value);
                setInvalid(null);
                reset();
              }}
              className="font-mono text-sm"
              placeholder="0x…"
              autoComplete="off"
              autoCapitalize="off"
              spellCheck={false}
            />
          )}
        </Field>
        <div className="flex flex-wrap gap-2">
          <Button type="submit" look="primary" busy={lookup.isPending}>
            Look up
          </Button>
          <Button busy={ping.isPending} onClick={() => ask(ping.mutate)}>
            Ping
          </Button>
          <Button busy={speed.isPending} onClick={() => ask(speed.mutate)}>
            Measure speed
          </Button>
        </div>
      </form>
      <div aria-live="polite" className={answers ? "mt-4 space-y-3" : undefined}>
        {lookup.data && <LookupAnswer result={lookup.data} />}
        <ErrorAlert error={lookup.error} />
        {ping.data && <PingAnswer result={ping.data} />}
        <ErrorAlert error={ping.error} />
        {speed.data && <SpeedAnswer result={speed.data} />}
        <ErrorAlert error={speed.error} />
      </div>
    </Card>
  );
}
