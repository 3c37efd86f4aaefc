import { i18n } from "../text/i18n";
import { Card } from "../ui/card";
import { CopyText } from "../ui/copy-text";

/** The page was opened where no daemon serves it, or the daemon has stopped. `useSession` keeps looking for one. */
export function NoDaemon() {
  return (
    <Card title={i18n._("No node answers at this address")} className="max-w-2xl">
      <div className="space-y-3">
        <p>
          {i18n._(
            "This console shows and steers a ShadowMesh node on your own machine. Start yours and open the link that it prints:",
          )}
        </p>
        <Command text="npx shadowmesh up" what={i18n._("command to start the node")} />
        <p>{i18n._("If the node runs already, ask it for a new link:")}</p>
        <Command text="npx shadowmesh gui" what={i18n._("command to open the console")} />
        <p className="text-muted text-sm">
          {i18n._(
            "If this page came from your node a moment ago, the node has stopped. The page goes on by itself once it is back.",
          )}
        </p>
      </div>
    </Card>
  );
}

export function Command({ text, what }: { text: string; what: string }) {
  return (
    <div className="rounded-md border border-line bg-raised px-3 py-2">
      <CopyText text={text} what={what} className="w-full justify-between" />
    </div>
  );
}
