import { expect } from "chai";
import { z } from "zod";
import { controlOf, describeValue, fromText, isOptional, toText, unitOf } from "../../../app/settings/_hooks/value.ts";
import { configSchema } from "../../../node/config.ts";

/** Options that are counts, ports or ratios: they have no unit. */
const unitless =
  /[pP]ort$|^chainId$|^(maxConnections|reservations|maxReservations|cores|gpus|maxChallenges|cachedPeers)$|^(evidenceEpochs|devicesPerPeer|registrationsPerPeer|eventClients|eventClientsPerAddress|sampleRatio)$/;

/** An option as the daemon describes it. */
const option = (schema: z.ZodType, name = "option") => ({
  name,
  secret: false,
  schema: z.toJSONSchema(schema, { io: "input" }) as Record<string, unknown>,
});

describe("app/settings/value", () => {
  it("takes the control from the schema, behind a default and besides null", () => {
    expect(controlOf(option(z.boolean().default(true)))).to.deep.equal({ kind: "switch" });
    expect(controlOf(option(z.enum(["a", "b"]).nullable()))).to.deep.equal({ kind: "choice", values: ["a", "b"] });
    expect(controlOf(option(z.number().int().min(1).max(9).default(2)))).to.deep.equal({
      kind: "number",
      min: 1,
      max: 9,
    });
    expect(controlOf(option(z.number().int()))).to.deep.equal({ kind: "number", min: undefined, max: undefined });
    expect(controlOf(option(z.string().nullable().default(null)))).to.deep.equal({ kind: "text" });
    expect(controlOf(option(z.array(z.string()).default([])))).to.deep.equal({ kind: "lines" });
    expect(controlOf(option(z.object({ a: z.number() }).nullable()))).to.deep.equal({ kind: "json" });
    expect([isOptional(option(z.string().nullable())), isOptional(option(z.string()))]).to.deep.equal([true, false]);
  });

  it("gives back what it was given, for every control", () => {
    const cases: [z.ZodType, unknown][] = [
      [z.boolean(), false],
      [z.boolean(), true],
      [z.enum(["a", "b"]), "b"],
      [z.number(), 0.25],
      [z.number().nullable(), null],
      [z.string(), "22-6"],
      [z.array(z.string()), ["/ip4/0.0.0.0/tcp/1", "/ip6/::/tcp/1"]],
      [z.array(z.string()), []],
      [z.object({ a: z.array(z.number()) }), { a: [1, 2] }],
    ];
    for (const [schema, value] of cases) {
      const control = controlOf(option(schema));
      expect(fromText(control, toText(control, value)), JSON.stringify(value)).to.deep.equal(value);
    }
  });

  it("takes empty text for nothing, lines without their blanks, and no JSON for what it is", () => {
    expect(fromText({ kind: "text" }, "  ")).to.equal(null);
    expect(fromText({ kind: "lines" }, " a \n\n b\n")).to.deep.equal(["a", "b"]);
    expect(() => fromText({ kind: "json" }, "{")).to.throw(SyntaxError);
  });

  it("says values with their units, and of a secret only whether there is one", () => {
    const said = (name: string, value: unknown, secret = false) => describeValue({ name, secret }, value);
    expect(said("pollIntervalMs", 500)).to.equal("500 ms");
    expect(said("retentionMs", 86_400_000)).to.equal("1 d");
    expect(said("maxBytes", 2 ** 20)).to.equal("1.0 MiB");
    expect(said("bandwidthMbps", 1_000)).to.equal("1,000 Mbit/s");
    expect(said("port", 7_700)).to.equal("7700");
    expect(said("enabled", true)).to.equal("on");
    expect(said("listen", [])).to.equal("none");
    expect(said("secret", true, true)).to.equal("set");
    expect(said("secret", false, true)).to.equal("not set");
    expect(unitOf({ name: "authPerMinute" })).to.equal("a minute");
  });

  it("knows the unit of each option of the daemon that has one", () => {
    const { properties } = z.toJSONSchema(configSchema, { io: "input", unrepresentable: "any" });
    const numbers = Object.values(properties ?? {}).flatMap((section) =>
      Object.entries((section as { properties?: Record<string, Record<string, unknown>> }).properties ?? {})
        .filter(([, schema]) => controlOf({ schema }).kind === "number")
        .map(([name]) => name),
    );
    expect(numbers).to.include.members(["maxBytesPerSecondPerPeer", "freeBytesPerDay", "pauseAboveC"]);
    expect(numbers.filter((name) => !unitless.test(name) && unitOf({ name }) === undefined)).to.deep.equal([]);
    expect(describeValue({ name: "freeBytesPerDay", secret: false }, 2 ** 30)).to.equal("1.0 GiB a day");
    expect(describeValue({ name: "maxBytesPerSecondPerPeer", secret: false }, 1_000)).to.equal("1,000 bytes/s");
  });
});
