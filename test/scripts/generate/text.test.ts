import { expect } from "chai";
import { troubleWith } from "../../../scripts/generate/text.ts";

describe("translations of the console's text", () => {
  const count = "{count, plural, one {# node of {owner}} other {# nodes of {owner}}}";

  it("may order words and forms of number as their language does", () => {
    expect(troubleWith("Stake on {peer}", "Auf {peer} setzen")).to.equal(undefined);
    expect(troubleWith(count, "{owner}: {count, plural, =0 {nichts} one {ein Knoten} other {# Knoten}}")).to.equal(
      undefined,
    );
    expect(troubleWith("Read <0>the terms</0>.", "Die <0>Bedingungen</0> lesen.")).to.equal(undefined);
  });

  it("are missed where there are none", () => {
    expect(troubleWith("Stake", "")).to.equal("no translation");
  });

  it("are refused where they leave out a value or an element, or take another", () => {
    expect(troubleWith("Stake on {peer}", "Setzen")).to.match(/^other values than the English/);
    expect(troubleWith(count, "{count, plural, other {# Knoten}}")).to.match(
      /\{count\} \{owner\} there, \{count\} here/,
    );
    expect(troubleWith("Read <0>the terms</0>.", "Die Bedingungen lesen.")).to.match(/^other values/);
    expect(troubleWith("Wait {time}", "{zeit} warten")).to.match(/\{time\} there, \{zeit\} here/);
  });
});
