import { expect } from "chai";
import {
  capError,
  hasErrors,
  limitChanges,
  limitSettings,
  limitsOf,
  type RelayLimits,
} from "../../../../app/operate/_hooks/relay-limits.ts";
import type { Setting } from "../../../../node/api/settings.ts";
import { relayConfigSchema } from "../../../../node/services/relay/config.ts";

const none = Number.NaN;
const setting = (name: string, next: unknown, section = "relay") => ({ section, name, next }) as Setting;
const settings = [
  setting("maxBytesPerSecond", 1, "other"),
  setting("maxBytesPerSecond", 12_500_000),
  setting("maxBytesPerSecondPerPeer", null),
  setting("schedule", [{ from: "22:00", to: "06:00", maxBytesPerSecond: null }]),
];
const before: RelayLimits = { total: 100, perPeer: none, schedule: [{ from: "22:00", to: "06:00", mbps: none }] };

describe("app/operate/relay-limits", () => {
  it("reads the caps and the schedule from the daemon's options", () => {
    const found = limitSettings(settings);
    if (found === null) throw new Error("all of them are there");
    expect(limitsOf(found)).to.deep.equal(before);
    expect(limitSettings(settings.slice(0, 3))).to.equal(null);
  });

  it("writes only what changed, as the daemon takes it", () => {
    expect(limitChanges(before, before)).to.deep.equal([]);
    const after = { ...before, perPeer: 0.01, schedule: [{ from: "08:30", to: "17:00", mbps: 2.5 }] };
    const changes = limitChanges(before, after);
    expect(changes.map(({ section, name }) => `${section}.${name}`)).to.deep.equal([
      "relay.maxBytesPerSecondPerPeer",
      "relay.schedule",
    ]);
    const written = Object.fromEntries(changes.map(({ name, value }) => [name, value]));
    expect(relayConfigSchema.parse(written)).to.deep.include({
      maxBytesPerSecondPerPeer: 1_250,
      schedule: [{ from: "08:30", to: "17:00", maxBytesPerSecond: 312_500 }],
    });
  });

  it("says in words what was and what will be", () => {
    const [total, schedule] = limitChanges(before, { ...before, total: none, schedule: [] });
    expect([total?.before, total?.after]).to.deep.equal(["100 Mbit/s", "no cap"]);
    expect([schedule?.before, schedule?.after]).to.deep.equal(["22:00–06:00: no cap", "the same"]);
  });

  it("leaves a cap as it is that is no round number of Mbit/s", () => {
    const odd = settings.map((one) => (one.name === "maxBytesPerSecondPerPeer" ? { ...one, next: 1_048_577 } : one));
    const found = limitSettings(odd);
    if (found === null) throw new Error("all of them are there");
    const limits = limitsOf(found);
    const [change] = limitChanges(before, limits);
    expect(change?.value).to.equal(1_048_577);
  });

  it("refuses a cap that the daemon would, and a time that is none", () => {
    expect([none, 0.01, 100_000].map(capError)).to.deep.equal([null, null, null]);
    for (const mbps of [0, 0.001, -1, 100_001]) expect(capError(mbps)).to.match(/^Enter 0.01 to 100,000 Mbit\/s/);
    expect(hasErrors(before)).to.equal(false);
    expect(hasErrors({ ...before, total: 0 })).to.equal(true);
    expect(hasErrors({ ...before, schedule: [{ from: "", to: "06:00", mbps: none }] })).to.equal(true);
    expect(hasErrors({ ...before, schedule: [{ from: "22:00", to: "06:00", mbps: -1 }] })).to.equal(true);
  });
});
