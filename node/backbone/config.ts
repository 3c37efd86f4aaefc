import { z } from "zod";

export const backboneConfigSchema = z.object({
  /** Address that the public API listens on. */
  host: z.string().default("0.0.0.0"),
  /** Port of the public API; 0 takes a free one. */
  port: z.number().int().min(0).max(65_535).default(7780),
  /** PostgreSQL URL, a secret; without one an embedded database lives in the data folder. */
  databaseUrl: z
    .url({ protocol: /^postgres(ql)?$/ })
    .nullable()
    .default(null)
    .meta({ secret: true }),
  /** Addresses or subnets of the reverse proxies whose `X-Forwarded-For` is believed. */
  trustProxy: z.array(z.string()).default([]),
  /** PEM file of the certificate, and of those that lead to its root; without one the API is plain HTTP, for a proxy. */
  tlsCertFile: z.string().nullable().default(null),
  /** PEM file of the certificate's key; both files are read again as they change. */
  tlsKeyFile: z.string().nullable().default(null),
  /** The oldest version of TLS that is spoken. */
  tlsMinVersion: z.enum(["TLSv1.3", "TLSv1.2"]).default("TLSv1.3"),
  /** URL or socket of a Redis in which instances count rate limits together, a secret; each counts for itself without. */
  redisUrl: z
    .string()
    .regex(/^(rediss?:\/\/|\/)/, "expected redis://, rediss:// or the path of a socket")
    .nullable()
    .default(null)
    .meta({ secret: true }),
  /** New keys sign the tokens of sessions and of the pool's agents after so long, in milliseconds. */
  keyRotationMs: z
    .number()
    .int()
    .min(3_600_000)
    .default(30 * 24 * 3_600_000),
  /** Requests a minute from one address, over all routes. */
  requestsPerMinute: z.number().int().min(1).default(1200),
  /** Challenges a minute for one address, and as many answers to them. */
  authPerMinute: z.number().int().min(1).default(60),
  /** Records that one peer may announce in a minute, from wherever. */
  announcementsPerMinute: z.number().int().min(1).default(60),
  /** Challenges that wait for their answer, in all. */
  maxChallenges: z.number().int().min(1).default(100_000),
  /** Peers whose registration and record are kept in memory. */
  cachedPeers: z.number().int().min(1).default(50_000),
  /** How often the whole registry is read again from the chain, in milliseconds: it heals what an event missed. */
  resyncMs: z
    .number()
    .int()
    .min(1_000)
    .default(10 * 60_000),
  /** Whether it probes nodes and brings their scores on chain. */
  probing: z.boolean().default(true),
  /** Epochs whose evidence it keeps: a week of hours. */
  evidenceEpochs: z.number().int().min(12).default(168),
});
export type BackboneConfig = z.infer<typeof backboneConfigSchema>;
