import { BigInt, Bytes } from "@graphprotocol/graph-ts";
import { Node, Report } from "../generated/schema";
import { Dismissed, Executed, Reported } from "../generated/templates/Slashing/Slashing";
import { eventId, knownNode } from "./ids";
import { Totals } from "./totals";

export function handleReported(event: Reported): void {
  const node = knownNode(event.params.peerID);
  const report = new Report(eventId(event));
  report.node = node.id;
  report.slashing = event.address;
  report.reporter = event.params.reporter;
  report.topic = event.params.topic;
  report.sequence = event.params.sequence;
  report.status = "OPEN";
  report.executableAt = event.params.executableAt;
  report.reportedAt = event.block.timestamp;
  report.transaction = event.transaction.hash;
  report.save();
  const open = node.openReports;
  open.push(report.id);
  node.openReports = open;
  node.save();
}

export function handleDismissed(event: Dismissed): void {
  const report = end(event.params.peerID, event.address, "DISMISSED", event.block.timestamp);
  if (report === null) return;
  report.dismissedBy = event.params.by;
  report.save();
}

export function handleExecuted(event: Executed): void {
  const totals = new Totals(event);
  const burnt = event.params.burnt;
  totals.registry.burnt = totals.registry.burnt.plus(burnt);
  totals.day.burnt = totals.day.burnt.plus(burnt);
  totals.save();
  const report = end(event.params.peerID, event.address, "EXECUTED", event.block.timestamp);
  if (report === null) return;
  report.toReporter = event.params.toReporter;
  report.burnt = burnt;
  report.save();
}

/**
 * Ends the report that a contract has open against a node; there is one at most.
 *
 * @returns null if it was made before governance named the contract.
 */
function end(peerID: Bytes, slashing: Bytes, status: string, timestamp: BigInt): Report | null {
  const node: Node = knownNode(peerID);
  const open = node.openReports;
  for (let i = 0; i < open.length; i++) {
    const report = Report.load(open[i]) as Report;
    if (report.slashing != slashing) continue;
    open.splice(i, 1);
    node.openReports = open;
    node.save();
    report.status = status;
    report.endedAt = timestamp;
    return report;
  }
  return null;
}
