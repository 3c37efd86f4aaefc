export { type DaemonLaunch, type RunningNode, untilAllFound, untilFound } from "./daemon-process.ts";
export { holdNetwork } from "./hold.ts";
export { accounts, type Member, members } from "./members.ts";
export { type Network, type NetworkConfig, newcomer, startNetwork } from "./network.ts";
