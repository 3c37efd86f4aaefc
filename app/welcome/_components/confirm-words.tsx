"use client";

import { useState } from "react";
import { ErrorAlert } from "../../_shared/node/error-alert";
import { useWelcomeAction } from "../../_shared/node/welcome";
import { i18n } from "../../_shared/text/i18n";
import { Button } from "../../_shared/ui/button";
import { Field } from "../../_shared/ui/field";
import { Input } from "../../_shared/ui/input";
import type { StepProps } from "./step-props";

interface ConfirmWordsProps extends Pick<StepProps, "welcome"> {
  /** The words were shown on this page a moment ago. */
  fresh: boolean;
  /** Back to the words, while this page still has them. */
  onLookAgain: (() => void) | undefined;
}

/** Some of the words, from the paper they were written on. */
export function ConfirmWords({ welcome, fresh, onLookAgain }: ConfirmWordsProps) {
  const { asked } = welcome.phrase;
  const confirm = useWelcomeAction("confirmPhrase");
  const [typed, setTyped] = useState<Readonly<Record<number, string>>>({});
  const words = asked.map((at) => typed[at] ?? "");
  return (
    <form
      className="space-y-4"
      onSubmit={(event) => {
        event.preventDefault();
        confirm.mutate({ words });
      }}
    >
      <p className="text-[0.93rem]">
        {fresh
          ? i18n._("Type these words from your paper, to be sure that it is right.")
          : i18n._(
              "The words were shown before: on this page, or by shadowmesh init. Type some of them from your paper. If you do not have them, keep a copy of identity.json from the data folder in a safe place: it holds the same secret.",
            )}
      </p>
      <div className="grid gap-3 sm:grid-cols-2">
        {asked.map((at) => (
          <Field key={at} label={i18n._("Word {at}", { at })}>
            {(props) => (
              <Input
                {...props}
                autoComplete="off"
                autoCapitalize="none"
                autoCorrect="off"
                spellCheck={false}
                value={typed[at] ?? ""}
                onChange={(event) => {
                  setTyped({ ...typed, [at]: event.target.value });
                  if (confirm.isError) confirm.reset();
                }}
              />
            )}
          </Field>
        ))}
      </div>
      <ErrorAlert error={confirm.error} />
      <div className="flex flex-wrap gap-2">
        <Button
          type="submit"
          look="primary"
          busy={confirm.isPending}
          disabled={words.some((word) => word.trim() === "")}
        >
          {i18n._("Confirm the words")}
        </Button>
        {onLookAgain && <Button onClick={onLookAgain}>{i18n._("Look at the words again")}</Button>}
      </div>
    </form>
  );
}
