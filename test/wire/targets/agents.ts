import { randomUUID } from "node:crypto";
import type { Identity } from "../../../node/core/identity/index.ts";
import type { TestBackbone } from "../../node/backbone/fixture.ts";
import {
  aggregateOf,
  capabilities,
  createDevice,
  type Device,
  report,
  sessionOf,
} from "../../node/backbone/pool/fixture.ts";
import { refused, type Target, toBytes, toJson } from "../target.ts";
import { bodyOf, common, exchange, openBackbone } from "./over-http.ts";

/** Sends a body to the pool with somebody's token. */
const post = (backbone: TestBackbone, path: string, token: string, body: Uint8Array) =>
  exchange(backbone.url, bodyOf("POST", path, token === "" ? [] : [`Authorization: Bearer ${token}`], body));

/** A device with new tokens, a heartbeat later: each message is its next. */
async function registered(backbone: TestBackbone, member: Identity, device: Device): Promise<Device> {
  backbone.clock.advance(5_000);
  await device.register(backbone, await sessionOf(backbone, member));
  return device;
}

const tokensOf = (answer: Awaited<ReturnType<typeof exchange>>) => {
  if (answer === refused) return refused;
  const { agentToken, refreshToken } = answer.body as Record<string, unknown>;
  return { agentToken, refreshToken };
};
const areTokens = (meaning: unknown) =>
  Object.values(meaning as object).every((token) => typeof token === "string" && token.length > 40);

export const agentTargets: readonly Target[] = [
  {
    name: "the registration of a device",
    rounds: 60,
    open: () =>
      openBackbone(async (backbone, member) => {
        let session = "";
        return {
          async valid() {
            backbone.clock.advance(1_000);
            session = await sessionOf(backbone, member);
            return toBytes({ deviceId: randomUUID(), platform: "linux-x64", capabilities });
          },
          codes: [...common, "DEVICE_LIMIT"],
          worksOnce: true,
          read: async (body) => tokensOf(await post(backbone, "/v1/agent/register", session, body)),
          isSound: areTokens,
        };
      }),
  },
  {
    name: "a device's heartbeat",
    rounds: 60,
    open: () =>
      openBackbone(async (backbone, member) => {
        const device = createDevice();
        return {
          async valid(random) {
            await registered(backbone, member, device);
            return toBytes(report(random.integer(8)));
          },
          codes: common,
          worksOnce: true,
          async read(body) {
            const answer = await post(backbone, "/v1/agent/heartbeat", device.tokens.agentToken, body);
            return answer === refused ? refused : (await aggregateOf(backbone)).totals;
          },
          // It offers no more than it has, whatever it says.
          isSound: (totals) => {
            const { online, cores, memoryBytes, storageBytes, gpus } = totals as Record<string, number>;
            const within = (value: number | undefined, max: number) => Number(value) >= 0 && Number(value) <= max;
            return (
              within(online, 1) &&
              within(cores, capabilities.cpu.cores) &&
              within(memoryBytes, capabilities.memoryBytes) &&
              within(storageBytes, capabilities.storageBytes) &&
              within(gpus, capabilities.gpus.length)
            );
          },
        };
      }),
  },
  {
    name: "a device's refresh token",
    rounds: 60,
    open: () =>
      openBackbone(async (backbone, member) => {
        const device = createDevice();
        return {
          async valid() {
            const { refreshToken } = (await registered(backbone, member, device)).tokens;
            return toBytes({ refreshToken });
          },
          codes: [...common, "REFRESH_TOKEN_INVALID", "REFRESH_TOKEN_REUSED"],
          worksOnce: true,
          read: async (body) => tokensOf(await post(backbone, "/v1/agent/refresh", "", body)),
          // With the token alone, whatever stands beside it.
          isSound: (meaning, { bytes, original }) => areTokens(meaning) && tokenIn(bytes) === tokenIn(original),
        };
      }),
  },
];

const tokenIn = (body: Uint8Array) => (toJson(body) as { refreshToken?: unknown } | undefined)?.refreshToken;
