"use client";

import { type FormEvent, useState } from "react";
import { parsePeerId } from "../../../node/core/vocabulary.ts";
import { ErrorAlert } from "../../_shared/node/error-alert";
import { i18n } from "../../_shared/text/i18n";
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
    const parsed = parsePeerId(text);
    setInvalid(parsed ? null : i18n._("A peer ID is 40 hex digits, with or without 0x."));
    if (parsed) question(parsed);
  };
  const submit = (event: FormEvent) => {
    event.preventDefault();
    ask(lookup.mutate);
  };
  const answered = questions.some(({ data, error }) => data || error);
  return (
    <Card title={peerId === undefined ? i18n._("Reach a node") : i18n._("Reach this node")}>
      <form onSubmit={submit} noValidate className="space-y-3">
        {peerId === undefined && (
          <Field
            label={i18n._("Peer ID")}
            error={invalid}
            hint={i18n._("Asks the peer cache, the DHTs and the backbone at once.")}
          >
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
            {i18n._("Look up")}
          </Button>
          <Button busy={ping.isPending} onClick={() => ask(ping.mutate)}>
            {i18n._("Ping")}
          </Button>
          <Button busy={speed.isPending} onClick={() => ask(speed.mutate)}>
            {i18n._("Measure speed")}
          </Button>
          <Button busy={why.isPending} onClick={() => ask(why.mutate)}>
            {i18n._("Explain the way")}
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
