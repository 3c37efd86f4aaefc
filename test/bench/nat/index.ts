import {
  type NatPair,
  natTable,
  runNatMatrix,
  type Surrounding,
  surroundings,
} from "../../../scripts/lab/nat/index.ts";
import { type Bench, median } from "../figures.ts";

/** Hole punches of libp2p's DCUtR that succeeded, of 4.4 million in 85,000 networks (arXiv:2510.27500). */
const studyPercent = 70;
const coneLike: readonly Surrounding[] = ["cone", "double"];

export const bench: Bench = {
  title: "pairs of nodes behind NATs, in network namespaces: who is reached, and on which rung",
  peer: "the share of punches that succeeded in the measurement of libp2p's DCUtR in the wild, published",
  limit: "none",
  async run(onStep) {
    const pairs = await runNatMatrix(surroundings, onStep);
    onStep(`the matrix:\n\n${natTable(pairs, surroundings)}\n`);
    const reached = pairs.filter(({ path }) => path !== null);
    const openable = pairs.filter(isOpenable);
    const times = (path: string) => pairs.filter((pair) => pair.path === path).map((pair) => pair.roundTripMs ?? 0);
    return [
      {
        key: "reached",
        unit: "Percent",
        title: `reached, of ${pairs.length} pairs`,
        ours: percent(reached.length, pairs.length),
        peer: studyPercent,
        better: "higher",
        floor: 100,
      },
      {
        key: "withoutRelay",
        unit: "Percent",
        title: `direct or punched, of ${openable.length} with one side public or both behind cone NATs`,
        ours: percent(openable.filter(({ path }) => path === "direct" || path === "punched").length, openable.length),
        peer: studyPercent,
        better: "higher",
        floor: 100,
      },
      { key: "punched", unit: "Count", title: "pairs that were punched", ours: times("punched").length },
      { key: "punchedRoundTrip", unit: "Ms", title: "round trip punched, median", ours: median(times("punched")) },
      { key: "relayedRoundTrip", unit: "Ms", title: "round trip relayed, median", ours: median(times("relayed")) },
    ];
  },
};

function isOpenable({ from, to }: NatPair): boolean {
  return from === "public" || to === "public" || (coneLike.includes(from) && coneLike.includes(to));
}

const percent = (part: number, whole: number) => (100 * part) / whole;
