import { createHash } from "node:crypto";
import { statfs } from "node:fs/promises";
import { uptime } from "node:os";
import type { MachineParts, MachineState } from "./offer.ts";

export interface Machine {
  parts(): Promise<MachineParts>;
  state(): Promise<MachineState>;
  /** The same for as long as machine ID and network card are the same. */
  deviceId(): Promise<string>;
}

/** Asking a platform for temperature and battery starts programs: often enough for what changes in minutes. */
const slowMs = 30_000;
const maxLabel = 128;
const mebibyte = 2 ** 20;

/** Reads this machine by `systeminformation`, which is loaded with the first question. */
export function createMachine(folder: string, now: () => number): Machine {
  const library = async () => (await import("systeminformation")).default;
  let slow: { readonly temperatureC: number | null; readonly onBattery: boolean } | undefined;
  let slowAtMs = 0;

  async function readSlowly() {
    const information = await library();
    const [{ main }, battery] = await Promise.all([information.cpuTemperature(), information.battery()]);
    slowAtMs = now();
    slow = {
      temperatureC: typeof main === "number" && main > 0 && main < 200 ? main : null,
      onBattery: battery.hasBattery && !battery.acConnected,
    };
    return slow;
  }

  async function disk() {
    const { bsize, blocks, bavail } = await statfs(folder);
    return { bytes: bsize * blocks, freeBytes: bsize * bavail };
  }

  return {
    async parts() {
      const information = await library();
      const [cpu, memory, graphics, { bytes }] = await Promise.all([
        information.cpu(),
        information.mem(),
        information.graphics(),
        disk(),
      ]);
      return {
        platform: `${process.platform}-${process.arch}`,
        cpu: { model: toLabel(`${cpu.manufacturer} ${cpu.brand}`), cores: Math.max(1, cpu.cores) },
        memoryBytes: memory.total,
        storageBytes: bytes,
        gpus: graphics.controllers.slice(0, 64).map(({ model, vram }) => ({
          name: toLabel(model),
          memoryBytes: vram === null || vram <= 0 ? null : Math.floor(vram * mebibyte),
        })),
      };
    },
    async state() {
      const information = await library();
      const [load, memory, { freeBytes }] = await Promise.all([information.currentLoad(), information.mem(), disk()]);
      const { temperatureC, onBattery } = slow !== undefined && now() < slowAtMs + slowMs ? slow : await readSlowly();
      return {
        loadPercent: Math.min(100, Math.max(0, load.currentLoad || 0)),
        temperatureC,
        onBattery,
        usedMemoryBytes: Math.max(0, memory.total - memory.available),
        freeStorageBytes: freeBytes,
        uptimeS: Math.floor(uptime()),
      };
    },
    async deviceId() {
      const { os, macs } = await (await library()).uuid();
      return toDeviceId(os, [...macs].sort()[0] ?? "");
    },
  };
}

/** A UUID of version 8 (RFC 9562) out of a hash, by which nobody learns what it was made of. */
export function toDeviceId(machineId: string, mac: string): string {
  const bytes = createHash("sha256").update(`shadowmesh/device/1\0${machineId}\0${mac.toLowerCase()}`).digest();
  bytes[6] = ((bytes[6] ?? 0) & 0x0f) | 0x80;
  bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80;
  const hex = bytes.toString("hex");
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20, 32)].join("-");
}

function toLabel(text: string): string {
  return text
    .replace(/\p{Cc}/gu, " ")
    .trim()
    .slice(0, maxLabel);
}
