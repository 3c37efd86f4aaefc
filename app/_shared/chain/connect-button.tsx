import { Wallet } from "lucide-react";
import { i18n } from "../text/i18n";
import { Button } from "../ui/button";

/** Needs no wallet code: it stands in the header before any is loaded. */
export function ConnectButton({ busy, onClick }: { busy?: boolean; onClick?: () => void }) {
  return (
    <Button look="primary" busy={busy} onClick={onClick} aria-label={i18n._("Connect wallet")}>
      {!busy && <Wallet aria-hidden className="size-4" />}
      <span className="sm:hidden">{i18n._("Connect")}</span>
      <span className="max-sm:hidden">{i18n._("Connect wallet")}</span>
    </Button>
  );
}
