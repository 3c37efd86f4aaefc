import { expect } from "chai";
import { sections } from "../../../../app/_shared/sections.ts";
import german from "../../../../app/_shared/text/de.json" with { type: "json" };
import english from "../../../../app/_shared/text/en.json" with { type: "json" };
import { type Catalog, i18n } from "../../../../app/_shared/text/i18n.ts";

describe("language of the console", () => {
  afterEach(() => i18n.loadAndActivate({ locale: "en", messages: english as unknown as Catalog }));

  it("is English as the sources have it", () => {
    for (const { title } of sections) expect(i18n._(title)).to.equal(title);
    expect(i18n._("A sentence that no catalog has.")).to.equal("A sentence that no catalog has.");
  });

  it("is another one from the catalog that was loaded", () => {
    i18n.loadAndActivate({ locale: "de", messages: german as unknown as Catalog });
    expect(sections.map(({ title }) => i18n._(title))).to.include.members(["Überblick", "Einstellungen"]);
    expect(i18n._("A sentence that no catalog has.")).to.equal("A sentence that no catalog has.");
  });
});
