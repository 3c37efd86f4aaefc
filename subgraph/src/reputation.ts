import { Epoch } from "../generated/schema";
import { ScoresSubmitted } from "../generated/templates/Reputation/Reputation";
import { eventId } from "./ids";
import { loadRegistry } from "./totals";

export { handleEIP712DomainChanged } from "./governance";

export function handleScoresSubmitted(event: ScoresSubmitted): void {
  const epoch = new Epoch(eventId(event));
  epoch.number = event.params.epoch;
  epoch.evidenceRoot = event.params.evidenceRoot;
  epoch.signers = event.params.signers;
  epoch.submitter = event.params.submitter;
  epoch.reputation = event.address;
  epoch.timestamp = event.block.timestamp;
  epoch.transaction = event.transaction.hash;
  epoch.save();
  const registry = loadRegistry(event);
  registry.lastEpoch = epoch.id;
  registry.save();
}
