import { randomUUID } from "node:crypto";
import { get } from "node:http";
import type { PoolEvent } from "../../../../node/backbone/pool/api.ts";
import type { Identity } from "../../../../node/core/identity/index.ts";
import { type Answer, postJson, send } from "../../api/fixture.ts";
import type { TestBackbone } from "../fixture.ts";

const gibibyte = 2 ** 30;

export const capabilities = {
  cpu: { model: "Test CPU", cores: 8 },
  memoryBytes: 16 * gibibyte,
  storageBytes: 100 * gibibyte,
  gpus: [{ name: "Test GPU", memoryBytes: 8 * gibibyte }],
};

/** What a device says of itself, with so many cores. */
export const report = (cores = 4) => ({
  cpu: { offeredCores: cores, loadPercent: 25, temperatureC: 50 },
  gpu: { offered: 1 },
  memory: { offeredBytes: 4 * gibibyte, usedBytes: gibibyte },
  storage: { offeredBytes: 10 * gibibyte, usedBytes: gibibyte },
  uptime: 3_600,
});

export const bearer = (token: string) => ({ authorization: `Bearer ${token}` });

/** A device that speaks to whichever backbone it is told to. */
export function createDevice(deviceId: string = randomUUID()) {
  let tokens = { agentToken: "", refreshToken: "", expiresIn: 0 };
  const keep = (answer: Answer) => {
    if (answer.status === 200) tokens = answer.json;
    return answer;
  };
  return {
    deviceId,
    get tokens() {
      return tokens;
    },
    /** Its name in events. */
    get number() {
      return Number(JSON.parse(Buffer.from(tokens.agentToken.split(".")[1] ?? "", "base64url").toString()).sub);
    },
    async register(backbone: TestBackbone, sessionToken: string) {
      const body = { deviceId, platform: "linux-x64", capabilities };
      return keep(await postJson(`${backbone.url}/v1/agent/register`, body, bearer(sessionToken)));
    },
    async refresh(backbone: TestBackbone, refreshToken = tokens.refreshToken) {
      return keep(await postJson(`${backbone.url}/v1/agent/refresh`, { refreshToken }));
    },
    beat: (backbone: TestBackbone, body: unknown = report(), token = tokens.agentToken) =>
      postJson(`${backbone.url}/v1/agent/heartbeat`, body, bearer(token)),
    leave: (backbone: TestBackbone) => postJson(`${backbone.url}/v1/agent/leave`, {}, bearer(tokens.agentToken)),
  };
}

export type Device = ReturnType<typeof createDevice>;

/** A session token of an identity that the chain knows. */
export async function sessionOf(backbone: TestBackbone, who: Identity): Promise<string> {
  return (await backbone.authenticate(who)).json.session_token;
}

export const aggregateOf = async (backbone: TestBackbone) => (await send(`${backbone.url}/v1/aggregate`)).json;

export interface SeenEvent {
  readonly id: number;
  readonly type: string;
  /** Of the event `reset`, nothing. */
  readonly data: PoolEvent;
}

/** Follows the events of a backbone. */
export async function followEvents(url: string, lastId?: number, path = "/v1/events") {
  const seen: SeenEvent[] = [];
  const headers = lastId === undefined ? {} : { "last-event-id": String(lastId) };
  const opened = Promise.withResolvers<number>();
  const ended = Promise.withResolvers<void>();
  let text = "";
  const request = get(`${url}${path}`, { headers, agent: false }, (response) => {
    opened.resolve(response.statusCode ?? 0);
    response.setEncoding("utf8");
    response.on("data", (part: string) => {
      text += part;
      const blocks = text.split("\n\n");
      text = blocks.pop() ?? "";
      seen.push(...blocks.flatMap(readEvent));
    });
    response.on("close", () => ended.resolve());
  });
  request.on("error", (error) => {
    opened.reject(error);
    ended.resolve();
  });
  const status = await opened.promise;
  return { seen, status, ended: ended.promise, request, close: () => request.destroy() };
}

function readEvent(block: string): SeenEvent[] {
  const fields = new Map(
    block.split("\n").map((line) => [line.slice(0, line.indexOf(":")), line.slice(line.indexOf(":") + 2)]),
  );
  const type = fields.get("event");
  if (type === undefined) return [];
  return [{ id: Number(fields.get("id")), type, data: JSON.parse(fields.get("data") ?? "null") }];
}
