import { Wallet } from "lucide-react";
import { Button } from "../ui/button";

/** Needs no wallet code: it stands in the header before any is loaded. */
export function ConnectButton({ busy, onClick }: { busy?: boolean; onClick?: () => void }) {
  return (
    <Button look="primary" busy={busy} onClick={onClick} aria-label="Connect wallet">
      {!busy && <Wallet aria-hidden className="size-4" />}
      <span>
        Connect<span className="max-sm:sr-only"> wallet</span>
      </span>
    </Button>
  );
}
