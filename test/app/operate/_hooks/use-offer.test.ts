import { expect } from "chai";
import {
  guessRegion,
  maxBandwidthMbps,
  type Offer,
  offerErrors,
  typeFromSearch,
} from "../../../../app/operate/_hooks/use-offer.ts";

const regions = ["europe", "africa"];
const offer: Offer = { nodeType: "light_public", region: "europe", bandwidthMbps: 100 };

describe("app/operate/offer", () => {
  it("accepts whole Mbit/s within the range, in a region that takes nodes", () => {
    for (const bandwidthMbps of [1, 100, maxBandwidthMbps]) {
      expect(offerErrors({ ...offer, bandwidthMbps }, regions)).to.deep.equal({ region: null, bandwidth: null });
    }
  });

  it("names the range for a bandwidth that is none", () => {
    for (const bandwidthMbps of [0, -5, 1.5, Number.NaN, maxBandwidthMbps + 1]) {
      expect(offerErrors({ ...offer, bandwidthMbps }, regions).bandwidth).to.equal(
        "Enter a whole number from 1 to 100,000 Mbit/s.",
      );
    }
  });

  it("asks for a region that the contract offers", () => {
    expect(offerErrors({ ...offer, region: "oceania" }, regions).region).to.match(/^Choose/);
    expect(offerErrors({ ...offer, region: "" }, regions).region).to.match(/^Choose/);
  });

  it("guesses a region from the time zone, or none where the zone leaves it open", () => {
    expect(guessRegion("Europe/Vienna")).to.equal("europe");
    expect(guessRegion("Asia/Dubai")).to.equal("middle_east");
    expect(guessRegion("Asia/Tokyo")).to.equal("asia_pacific");
    expect(guessRegion("Pacific/Auckland")).to.equal("oceania");
    expect(guessRegion("US/Eastern")).to.equal("north_america");
    for (const open of ["America/Lima", "UTC", ""]) expect(guessRegion(open)).to.equal("");
  });

  it("takes the type that a link names, and no other word", () => {
    expect(["?type=private", "?type=public", "?type=backbone_auth", ""].map(typeFromSearch)).to.deep.equal([
      "light_private",
      "light_public",
      undefined,
      undefined,
    ]);
  });
});
