import type { ComponentProps } from "react";
import { cx } from "./cx";

export function Slider({ className, ...props }: Omit<ComponentProps<"input">, "type">) {
  return <input type="range" className={cx("block h-9 w-full min-w-0 accent-accent", className)} {...props} />;
}
