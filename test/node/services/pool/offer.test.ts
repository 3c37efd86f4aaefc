import { expect } from "chai";
import { poolConfigSchema } from "../../../../node/services/pool/config.ts";
import { createMachine, toDeviceId } from "../../../../node/services/pool/machine.ts";
import { decideOffer } from "../../../../node/services/pool/offer.ts";
import { temporaryFolders } from "../../../harness/folder.ts";

const parts = {
  platform: "linux-x64",
  cpu: { model: "Test CPU", cores: 8 },
  memoryBytes: 16e9,
  storageBytes: 1e12,
  gpus: [{ name: "Test GPU", memoryBytes: null }],
};
const calm = {
  loadPercent: 10,
  temperatureC: 50,
  usedMemoryBytes: 1e9,
  freeStorageBytes: 5e9,
  onBattery: false,
  uptimeS: 1,
};
const decide = (config: object, state: Partial<typeof calm> = {}, owner = { paused: false, hour: 12 }) =>
  decideOffer(poolConfigSchema.parse(config), { parts, state: { ...calm, ...state } }, owner);

describe("services/pool/offer", () => {
  const newFolder = temporaryFolders();

  it("is half the cores, a quarter of the memory, what the disk has free, and no GPU, where nothing else is said", () => {
    expect(decide({})).to.deep.equal({
      offer: { cores: 4, memoryBytes: 4e9, storageBytes: 4.5e9, gpus: 0 },
      withheld: null,
    });
  });

  it("is what the owner says, as far as the machine has it", () => {
    const { offer } = decide({ cores: 2, memoryBytes: 1e12, storageBytes: 1e9, gpus: 4 });
    expect(offer).to.deep.equal({ cores: 2, memoryBytes: 16e9, storageBytes: 1e9, gpus: 1 });
  });

  it("is nothing while paused, busy, hot, on the battery, or outside of its hours, and says which", () => {
    const at = (hour: number) => ({ paused: false, hour });
    expect(decide({}, {}, { paused: true, hour: 1 }).withheld).to.equal("paused");
    expect(decide({ idleBelowPercent: 10 }).withheld).to.equal("busy");
    expect(decide({}, { temperatureC: 85 }).withheld).to.equal("hot");
    expect(decide({}, { onBattery: true }).withheld).to.equal("battery");
    expect(decide({ onBattery: true }, { onBattery: true }).withheld).to.equal(null);
    const night = [21, 22, 0, 5, 6].map((hour) => decide({ hours: "22-6" }, {}, at(hour)).withheld);
    expect(night).to.deep.equal(["hours", null, null, null, "hours"]);
    const day = [7, 8, 17, 18].map((hour) => decide({ hours: "8-18" }, {}, at(hour)).withheld);
    expect(day).to.deep.equal(["hours", null, null, "hours"]);
    const { offer } = decide({}, { onBattery: true });
    expect(offer).to.deep.equal({ cores: 0, memoryBytes: 0, storageBytes: 0, gpus: 0 });
  });

  it("knows its machine by an ID that is the same each time, and tells nothing of what it was made of", () => {
    const id = toDeviceId("machine", "AA:BB:CC:DD:EE:FF");
    expect(id).to.match(/^[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
    expect(toDeviceId("machine", "aa:bb:cc:dd:ee:ff")).to.equal(id);
    expect(toDeviceId("machine", "aa:bb:cc:dd:ee:fe")).to.not.equal(id);
    expect(toDeviceId("other", "aa:bb:cc:dd:ee:ff")).to.not.equal(id);
  });

  it("reads this very machine", async () => {
    const machine = createMachine(await newFolder(), Date.now);
    const [here, state] = [await machine.parts(), await machine.state()];
    expect(here.cpu.cores).to.be.at.least(1);
    expect(here.memoryBytes).to.be.above(state.usedMemoryBytes);
    expect(here.storageBytes).to.be.at.least(state.freeStorageBytes);
    expect(state.loadPercent).to.be.within(0, 100);
    expect(await machine.deviceId()).to.equal(await machine.deviceId());
  });
});
