import type { ChildProcess } from "node:child_process";
import { randomUUID } from "node:crypto";
import { poolRoutes } from "../../../node/backbone/pool/api.ts";

/** The processes of the benchmark. */
export interface Scene {
  readonly url: string;
  readonly session: string;
  readonly bareUrl: string;
  readonly loader: ChildProcess;
  readonly pid: number;
}

/** What an agent says in each heartbeat. */
export const report = JSON.stringify({
  cpu: { offeredCores: 4, loadPercent: 25, temperatureC: 50 },
  gpu: { offered: 0 },
  memory: { offeredBytes: 2 ** 32, usedBytes: 2 ** 30 },
  storage: { offeredBytes: 2 ** 33, usedBytes: 2 ** 30 },
  uptime: 3_600,
});
const capabilities = { cpu: { model: "bench", cores: 8 }, memoryBytes: 2 ** 34, storageBytes: 2 ** 37, gpus: [] };

/** Registers devices at once; their Authorization headers. */
export async function registerSome({ url, session }: Pick<Scene, "url" | "session">, count: number): Promise<string[]> {
  return Promise.all(
    Array.from({ length: count }, async () => {
      const body = { deviceId: randomUUID(), platform: "linux-x64", capabilities };
      const answer = await post(`${url}${poolRoutes.registerAgent.path}`, JSON.stringify(body), `Bearer ${session}`);
      return `Bearer ${(answer as { agentToken: string }).agentToken}`;
    }),
  );
}

export async function post(url: string, body: string, authorization: string): Promise<unknown> {
  const headers = { authorization, "content-type": "application/json" };
  const answer = await fetch(url, { method: "POST", headers, body });
  if (!answer.ok) throw new Error(`${url}: ${answer.status} ${await answer.text()}`);
  return answer.json();
}
