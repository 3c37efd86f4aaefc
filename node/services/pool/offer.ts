import type { PoolConfig } from "./config.ts";

/** What a machine has. */
export interface MachineParts {
  readonly platform: string;
  readonly cpu: { readonly model: string; readonly cores: number };
  readonly memoryBytes: number;
  readonly storageBytes: number;
  readonly gpus: readonly { readonly name: string; readonly memoryBytes: number | null }[];
}

/** How it is at this moment. */
export interface MachineState {
  readonly loadPercent: number;
  readonly temperatureC: number | null;
  readonly usedMemoryBytes: number;
  readonly freeStorageBytes: number;
  readonly onBattery: boolean;
  readonly uptimeS: number;
}

export interface Offer {
  readonly cores: number;
  readonly memoryBytes: number;
  readonly storageBytes: number;
  readonly gpus: number;
}

/** Why nothing is offered. */
export type Withheld = "paused" | "hours" | "busy" | "battery" | "hot";

const nothing: Offer = { cores: 0, memoryBytes: 0, storageBytes: 0, gpus: 0 };
/** Of a disk that is full to the last byte nobody has anything. */
const offeredOfFree = 0.9;

/** What the owner's choice comes to at this moment. */
export function decideOffer(
  config: PoolConfig,
  machine: { parts: MachineParts; state: MachineState },
  owner: { paused: boolean; hour: number },
): { offer: Offer; withheld: Withheld | null } {
  const { parts, state } = machine;
  const withheld = reasonToWithhold(config, state, owner);
  if (withheld !== null) return { offer: nothing, withheld };
  const offer = {
    cores: Math.min(config.cores ?? parts.cpu.cores / 2, parts.cpu.cores),
    memoryBytes: Math.min(config.memoryBytes ?? Math.floor(parts.memoryBytes / 4), parts.memoryBytes),
    storageBytes: Math.min(config.storageBytes, Math.floor(state.freeStorageBytes * offeredOfFree)),
    gpus: Math.min(config.gpus, parts.gpus.length),
  };
  return { offer, withheld: null };
}

function reasonToWithhold(
  config: PoolConfig,
  state: MachineState,
  { paused, hour }: { paused: boolean; hour: number },
): Withheld | null {
  if (paused) return "paused";
  if (config.hours !== null && !isWithin(config.hours, hour)) return "hours";
  if (state.onBattery && !config.onBattery) return "battery";
  if (state.temperatureC !== null && state.temperatureC >= config.pauseAboveC) return "hot";
  if (config.idleBelowPercent !== null && state.loadPercent >= config.idleBelowPercent) return "busy";
  return null;
}

/** `22-6` is from 22:00 until 6:00, over midnight. */
function isWithin(hours: string, hour: number): boolean {
  const [from = 0, to = 24] = hours.split("-").map(Number);
  return from < to ? hour >= from && hour < to : hour >= from || hour < to;
}
