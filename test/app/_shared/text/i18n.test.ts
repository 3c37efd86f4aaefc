import { expect } from "chai";
import { sections } from "../../../../app/_shared/sections.ts";
import { i18n } from "../../../../app/_shared/text/i18n.ts";
import { inGerman } from "./in-german.ts";

describe("language of the console", () => {
  it("is English as the sources have it", () => {
    for (const { title } of sections) expect(i18n._(title)).to.equal(title);
    expect(i18n._("A sentence that no catalog has.")).to.equal("A sentence that no catalog has.");
  });

  it("is another one from the catalog that was loaded", () => {
    inGerman(() => {
      expect(sections.map(({ title }) => i18n._(title))).to.include.members(["Überblick", "Einstellungen"]);
      expect(i18n._("A sentence that no catalog has.")).to.equal("A sentence that no catalog has.");
    });
  });

  it("fills in values, and has the forms of number that the language has", () => {
    const nodes = "{count, plural, one {# node} other {# nodes}}";
    const said = () => [
      i18n._("Stake on {peerId}", { peerId: "0x12" }),
      i18n._("Show {count} more", { count: 5 }),
      i18n._(nodes, { count: 1 }),
      i18n._(nodes, { count: 10_000 }),
    ];
    expect(said()).to.deep.equal(["Stake on 0x12", "Show 5 more", "1 node", "10,000 nodes"]);
    inGerman(() => expect(said()).to.deep.equal(["Einsatz auf 0x12", "5 weitere zeigen", "1 Knoten", "10.000 Knoten"]));
  });

  it("names a link by what stands on it (WCAG 2.5.3): who speaks to the page says what he sees", () => {
    const links = () => expect(i18n._("Show more: {sentence}", { sentence: "…" })).to.include(i18n._("Show"));
    links();
    inGerman(links);
  });
});
