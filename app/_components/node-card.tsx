import type { NodeStatus } from "../../node/api/daemon.ts";
import { RegistrationFacts } from "../_shared/node/registration-facts";
import { ScoreFact } from "../_shared/node/score-fact";
import { i18n } from "../_shared/text/i18n";
import { Badge, type Tone } from "../_shared/ui/badge";
import { ButtonLink } from "../_shared/ui/button";
import { Card } from "../_shared/ui/card";
import { CopyText } from "../_shared/ui/copy-text";
import { Facts } from "../_shared/ui/facts";
import { Link } from "../_shared/ui/link";
import { Tip } from "../_shared/ui/tip";
import { registrationState } from "./registration-state";

/** The node's state in one word, from what matters most. */
function stateOf(status: NodeStatus): { tone: Tone; word: string } {
  if (registrationState(status) === "unknown") return { tone: "neutral", word: i18n._("Unknown") };
  if (!status.registration) return { tone: "neutral", word: i18n._("Not registered") };
  if (!status.registration.active) return { tone: "warn", word: i18n._("Leaving") };
  if (status.progress.some((step) => step.state === "failed")) return { tone: "bad", word: i18n._("Needs attention") };
  if (status.progress.every((step) => step.state === "done")) return { tone: "ok", word: i18n._("Online") };
  return { tone: "accent", word: i18n._("Starting") };
}

export function NodeCard({ status }: { status: NodeStatus }) {
  const { registration } = status;
  const { tone, word } = stateOf(status);
  return (
    <Card title={i18n._("My node")} aside={<Badge tone={tone}>{word}</Badge>}>
      <p className="flex items-center gap-1 text-muted text-sm">
        {i18n._("Peer ID")}
        <Tip about={i18n._("the peer ID")}>
          {i18n._(
            "Twenty bytes that bind both keys of this node. Give it to others: they find and reach your node by it.",
          )}
        </Tip>
      </p>
      <CopyText text={status.peerId} what={i18n._("peer ID")} className="mb-3 font-medium" />
      {registration ? (
        <Facts className="sm:grid-cols-2">
          <RegistrationFacts registration={registration} />
          <ScoreFact>
            {status.score === null ? (
              i18n._("none yet")
            ) : (
              <Link href={`/network/node/?id=${status.peerId}`} className="font-medium text-accent hover:underline">
                {i18n._("{score} of 100", { score: status.score })}
              </Link>
            )}
          </ScoreFact>
        </Facts>
      ) : registrationState(status) === "unknown" ? (
        <p className="text-[0.93rem] text-muted">
          {i18n._("Whether the contract knows this node shows once the chain answers.")}
        </p>
      ) : (
        <div className="flex flex-wrap items-center justify-between gap-3 rounded-md border border-line bg-raised p-3">
          <p className="min-w-0 flex-1 basis-56 text-[0.93rem]">
            {i18n._(
              "This node runs, but the contract does not know it yet. Register it with your wallet to join the mesh.",
            )}
          </p>
          <ButtonLink href="/operate/" look="primary">
            {i18n._("Register node")}
          </ButtonLink>
        </div>
      )}
    </Card>
  );
}
