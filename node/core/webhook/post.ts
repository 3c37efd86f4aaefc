import { createHmac } from "node:crypto";
import { lookup as resolve } from "node:dns";
import { request as requestHttp } from "node:http";
import { request as requestHttps } from "node:https";
import { BlockList, isIP, type LookupFunction } from "node:net";
import { isPrivateIp } from "@libp2p/utils";
import { ShadowMeshError } from "../errors.ts";
import { timeoutSignal } from "../timeout-signal.ts";
import { webhookErrors } from "./errors.ts";

const timeoutMs = 10_000;

/** The parts of IPv6 that are routed on the internet, and what is no single host's in IPv4. */
const globalUnicast = new BlockList();
globalUnicast.addSubnet("2000::", 3, "ipv6");
const multicast = new BlockList();
multicast.addSubnet("224.0.0.0", 4, "ipv4");

function isPublic(address: string): boolean {
  if (isPrivateIp(address) !== false) return false;
  return isIP(address) === 6 ? globalUnicast.check(address, "ipv6") : !multicast.check(address, "ipv4");
}

/** Resolves a name for the connection itself, so that a name cannot lead elsewhere between check and use. */
const lookupPublic: LookupFunction = (hostname, options, callback) => {
  resolve(hostname, { ...options, all: true }, (error, addresses) => {
    const usable = (addresses ?? []).filter(({ address }) => isPublic(address));
    const [first] = usable;
    if (error !== null) callback(error, "");
    else if (first === undefined) callback(privateAddress(hostname), "");
    else if (options.all) callback(null, usable);
    else callback(null, first.address, first.family);
  });
};

export interface WebhookDelivery {
  /** The same at each attempt: the receiver knows what it has by it. */
  readonly id: string;
  readonly url: string;
  readonly body: string;
}

export interface PostConfig {
  secret: string;
  /** Whether the receiver may be on this machine or its network. */
  allowPrivate: boolean;
}

/**
 * Sends a body as Standard Webhooks does: an HMAC-SHA-256 over ID, time and body. It follows no redirect.
 *
 * @throws WEBHOOK_ADDRESS_PRIVATE, WEBHOOK_REFUSED, and what the system says where nobody answers
 */
export async function post(
  delivery: WebhookDelivery,
  config: PostConfig,
  nowMs: number,
  signal: AbortSignal,
): Promise<void> {
  const url = new URL(delivery.url);
  const host = url.hostname.replace(/^\[|\]$/g, "");
  if (!config.allowPrivate && isIP(host) !== 0 && !isPublic(host)) throw privateAddress(host);
  const { promise, resolve: done, reject } = Promise.withResolvers<number>();
  const request = (url.protocol === "https:" ? requestHttps : requestHttp)(url, {
    method: "POST",
    headers: { ...signedHeaders(delivery, config.secret, nowMs), "user-agent": "shadowmesh" },
    signal: AbortSignal.any([signal, timeoutSignal(timeoutMs)]),
    agent: false,
    ...(!config.allowPrivate && { lookup: lookupPublic }),
  });
  request.once("error", reject);
  request.once("response", (response) => {
    done(response.statusCode ?? 0);
    // What it says besides is of no interest, however much it is.
    response.destroy();
  });
  request.end(delivery.body);
  const status = await promise;
  if (status < 200 || status > 299) throw new ShadowMeshError(webhookErrors.WEBHOOK_REFUSED, { details: { status } });
}

function signedHeaders({ id, body }: WebhookDelivery, secret: string, nowMs: number): Record<string, string | number> {
  const timestamp = Math.floor(nowMs / 1_000);
  const key = Buffer.from(secret.replace(/^whsec_/, ""), "base64");
  const signature = createHmac("sha256", key).update(`${id}.${timestamp}.${body}`).digest("base64");
  return {
    "content-type": "application/json",
    "content-length": Buffer.byteLength(body),
    "webhook-id": id,
    "webhook-timestamp": timestamp,
    "webhook-signature": `v1,${signature}`,
  };
}

const privateAddress = (host: string) =>
  new ShadowMeshError(webhookErrors.WEBHOOK_ADDRESS_PRIVATE, { details: { host } });
