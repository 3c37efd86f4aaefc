"use client";

import { useEffect, useState } from "react";
import { i18n } from "../../_shared/text/i18n";
import { Alert } from "../../_shared/ui/alert";
import { Button } from "../../_shared/ui/button";

/** The words, for as long as this room is open. */
export function PhraseWords({ words, onWritten }: { words: readonly string[]; onWritten: () => void }) {
  const [written, setWritten] = useState(false);
  useEffect(() => {
    // The browser asks before it closes or reloads a page with words that nobody gets to see again.
    const warn = (event: BeforeUnloadEvent) => event.preventDefault();
    window.addEventListener("beforeunload", warn);
    return () => window.removeEventListener("beforeunload", warn);
  }, []);
  return (
    <div className="space-y-4">
      <Alert tone="warn" title={i18n._("Write these words down now, in this order. They are not shown again.")}>
        {i18n._("No photo, no cloud, no mail: who reads them is your node.")}
      </Alert>
      <ol
        aria-label={i18n._("Recovery phrase")}
        className="grid list-inside list-decimal grid-flow-col grid-rows-12 gap-x-4 gap-y-1 rounded-md border border-line bg-raised p-3 font-mono text-[0.93rem] marker:text-muted sm:grid-rows-6"
      >
        {words.map((word, index) => (
          <li key={index}>{word}</li>
        ))}
      </ol>
      <label className="flex items-center gap-2 text-[0.93rem]">
        <input
          type="checkbox"
          className="size-4 accent-accent"
          checked={written}
          onChange={(event) => setWritten(event.target.checked)}
        />
        {i18n._("I have written the words down")}
      </label>
      <Button look="primary" disabled={!written} onClick={onWritten}>
        {i18n._("Continue")}
      </Button>
    </div>
  );
}
