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
import { WhyAnswer } from "./why-answer";

/** Finds, pings and measures any node by its peer ID, and tells how it is reached; `peerId` names the one that is meant. */
export function Probe({ peerId }: { peerId?: string }) {
  const [text, setText] = useState(peerId ?? "");
  const [invalid, setInvalid] = useState<string | null>(null);
  const { lookup, ping, speed, why, reset } = useProbe();
  const questions = [lookup, ping, speed, why];

  const ask = (question: (peerId: string) => void) => {
    const parsed = peerIdSchema.safeParse(text);
    setInvalid(parsed.success ? null : "A peer ID is 40 hex digits, with or without 0x.");
    if (parsed.success) question(parsed.data);
  };
  const submit = (event: FormEvent) => {
    event.preventDefault();
    ask(lookup.mutate);
  };
  const answered = questions.some(({ data, error }) => data || error);
  return (
    <Card title={peerId === undefined ? "Reach a node" : "Reach this node"}>
      <form onSubmit={submit} noValidate className="space-y-3">
        {peerId === undefined && (
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
        )}
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
          <Button busy={why.isPending} onClick={() => ask(why.mutate)}>
            Explain the way
          </Button>
        </div>
      </form>
      <div aria-live="polite" className={answered ? "mt-4 space-y-3" : undefined}>
        {lookup.data && <LookupAnswer result={lookup.data} />}
        <ErrorAlert error={lookup.error} />
        {ping.data && <PingAnswer result={ping.data} />}
        <ErrorAlert error={ping.error} />
        {speed.data && <SpeedAnswer result={speed.data} />}
        <ErrorAlert error={speed.error} />
        {why.data && <WhyAnswer result={why.data} />}
        <ErrorAlert error={why.error} />
      </div>
    </Card>
  );
}
