import { z } from "zod";

const originSchema = z
  .url()
  .refine((url) => new URL(url).origin === url, "expected an origin such as https://example.org");

/** Over plain HTTP anybody on the way could pose as the issuer; on this machine there is nobody on the way. */
const issuerSchema = z.url({ protocol: /^https?$/ }).refine((url) => {
  const { protocol, hostname } = new URL(url);
  return protocol === "https:" || ["127.0.0.1", "[::1]", "localhost"].includes(hostname);
}, "expected https, or http on this machine alone");

export const adminConfigSchema = z.object({
  /** OpenID Connect issuer that admins of a backbone sign in at; without one there are no admins. */
  issuer: issuerSchema.nullable().default(null),
  /** This backbone's client ID at the issuer. */
  clientId: z.string().min(1).default("shadowmesh"),
  /** Its client secret; null for a public client, which PKCE protects alone. */
  clientSecret: z.string().min(1).nullable().default(null).meta({ secret: true }),
  /** Scopes to ask the issuer for. */
  scope: z.string().default("openid email"),
  /** The admin's page as browsers reach it, where the issuer sends them back; its origin may call the admin's routes. */
  pageUrl: z.url({ protocol: /^https?$/ }).default("http://127.0.0.1:7780/admin/"),
  /** Further origins whose pages may call the admin's routes with the admin's session. */
  origins: z.array(originSchema).default([]),
  /** Who is an admin: subjects of the issuer. */
  subjects: z.array(z.string()).default([]),
  /** Who is an admin: e-mail addresses that the issuer says are verified. */
  emails: z.array(z.string().toLowerCase()).default([]),
  /** Who is an admin: members of one of these groups. */
  groups: z.array(z.string()).default([]),
  /** The claim that lists groups. */
  groupsClaim: z.string().default("groups"),
  /**
   * Secrets that second factors are encrypted by in the database, each 32 random characters or more: the first one
   * encrypts, all of them decrypt. Instances on one database need the same. @default one of this node's identity
   */
  secondFactorSecrets: z.array(z.string().min(32)).default([]).meta({ secret: true }),
  /** A session ends after so long without a request, in milliseconds. */
  idleMs: z
    .number()
    .int()
    .min(1_000)
    .default(15 * 60_000),
  /** A session ends so long after its start, in milliseconds. */
  lifetimeMs: z
    .number()
    .int()
    .min(1_000)
    .default(8 * 3_600_000),
  /** Attempts to sign in, or to show a second factor, a minute for one address. */
  attemptsPerMinute: z.number().int().min(1).default(30),
});
export type AdminConfig = z.infer<typeof adminConfigSchema>;
