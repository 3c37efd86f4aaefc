export { accounts, members } from "./members.ts";
export { type Network, newcomer, type RunningNode, startNetwork, untilFound } from "./network.ts";
