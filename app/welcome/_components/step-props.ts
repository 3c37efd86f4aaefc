import type { NodeStatus } from "../../../node/api/daemon.ts";
import type { WelcomeStep } from "../../../node/api/vocabulary.ts";
import type { ServiceOffered, Welcome } from "../../../node/api/welcome.ts";

/** What each screen of Welcome gets. */
export interface StepProps {
  welcome: Welcome;
  status: NodeStatus;
  /** Whether the daemon is being told of the next step. */
  busy: boolean;
  goTo: (step: WelcomeStep, service?: ServiceOffered) => void;
}
