import type { ReactNode } from "react";
import { i18n } from "../text/i18n";
import { Fact } from "../ui/facts";
import { Tip } from "../ui/tip";

/** A node's score and, for who does not know it, what that is. */
export function ScoreFact({ children }: { children: ReactNode }) {
  return (
    <Fact
      name={i18n._("Score")}
      tip={
        <Tip about={i18n._("the score")}>
          {i18n._("0 to 100, by what most backbones measured: whether it answers, and how fast.")}
        </Tip>
      }
    >
      {children}
    </Fact>
  );
}
