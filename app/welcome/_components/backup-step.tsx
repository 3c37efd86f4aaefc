"use client";

import { useEffect, useRef, useState } from "react";
import { ErrorAlert } from "../../_shared/node/error-alert";
import { formatDateTime } from "../../_shared/node/format";
import { useShowPhrase, useWelcomeAction } from "../../_shared/node/welcome";
import { i18n } from "../../_shared/text/i18n";
import { Alert } from "../../_shared/ui/alert";
import { Button } from "../../_shared/ui/button";
import { Card } from "../../_shared/ui/card";
import { ConfirmWords } from "./confirm-words";
import { PhraseWords } from "./phrase-words";
import type { StepProps } from "./step-props";

/** The only backup of the node: its words, shown once, and proved by some of them. */
export function BackupStep(props: StepProps) {
  const { phrase } = props.welcome;
  const { words, show } = useShowPhrase();
  const [written, setWritten] = useState(false);
  return (
    <Card
      title={i18n._("Recovery phrase")}
      lead={i18n._("24 words from which this node can be restored, on this machine or another.")}
    >
      {phrase.confirmedAtMs !== null ? (
        <Confirmed {...props} atMs={phrase.confirmedAtMs} />
      ) : words && !written ? (
        <PhraseWords words={words} onWritten={() => setWritten(true)} />
      ) : (
        <div className="space-y-4">
          {phrase.shown ? (
            <ConfirmWords
              welcome={props.welcome}
              fresh={words !== null}
              onLookAgain={words === null ? undefined : () => setWritten(false)}
            />
          ) : (
            <>
              <p className="text-[0.93rem]">
                {i18n._(
                  "Who has the words is this node: its peer ID, its score and its way to be paid hang on them. Nobody else keeps them, and they are shown once. Have paper and a pen at hand, and nobody behind you.",
                )}
              </p>
              <Button look="primary" busy={show.isPending} onClick={() => show.mutate()}>
                {i18n._("Show the words")}
              </Button>
            </>
          )}
          <ErrorAlert error={show.error} />
          <Skip {...props} />
        </div>
      )}
    </Card>
  );
}

function Confirmed({ atMs, busy, goTo }: StepProps & { atMs: number }) {
  const next = useRef<HTMLButtonElement>(null);
  useEffect(() => {
    // The form that had the focus is gone.
    if (document.activeElement === document.body) next.current?.focus();
  }, []);
  return (
    <div className="space-y-4">
      <Alert tone="ok" title={i18n._("You have a backup.")}>
        {i18n._("Confirmed on {date}. Keep the words offline.", { date: formatDateTime(atMs) })}
      </Alert>
      <Button ref={next} look="primary" busy={busy} onClick={() => goTo("wallet")}>
        {i18n._("Continue")}
      </Button>
    </div>
  );
}

/** Going on without a backup, once what that means was read. */
function Skip({ busy, goTo }: StepProps) {
  const [asked, setAsked] = useState(false);
  const skip = useWelcomeAction("skipPhrase");
  if (!asked) {
    return (
      <Button look="ghost" onClick={() => setAsked(true)}>
        {i18n._("Skip for now")}
      </Button>
    );
  }
  return (
    <div className="space-y-3">
      <Alert tone="warn" title={i18n._("Without a backup, a broken disk ends this node.")}>
        {i18n._(
          "Its peer ID, its score and what it has not redeemed would be gone. The stake stays with your wallet. The Overview reminds you until a backup is confirmed.",
        )}
      </Alert>
      <ErrorAlert error={skip.error} />
      <div className="flex flex-wrap gap-2">
        <Button
          look="danger"
          busy={busy || skip.isPending}
          onClick={() => skip.mutate({}, { onSuccess: () => goTo("wallet") })}
        >
          {i18n._("Go on without a backup")}
        </Button>
        <Button onClick={() => setAsked(false)}>{i18n._("Back")}</Button>
      </div>
    </div>
  );
}
