import type { OpenPlan } from "../../_shared/chain/use-plan";

/** How a part of the page starts to redeem, for one client or for all. */
export interface Redeem extends Omit<OpenPlan, "review"> {
  start: (client?: string) => void;
}
