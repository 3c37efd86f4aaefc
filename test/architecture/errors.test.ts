import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { expect } from "chai";
import { collectErrors, type ErrorList } from "../../scripts/generate/errors.ts";
import { root } from "../../scripts/root.ts";

describe("architecture/errors", () => {
  let lists: readonly ErrorList[];
  before(async () => {
    lists = await collectErrors();
  });

  it("gives each code to one place alone", () => {
    const places = Map.groupBy(
      lists.flatMap(({ file, definitions }) => definitions.map(({ code }) => ({ code, file }))),
      ({ code }) => code,
    );
    const shared = [...places.values()].filter((uses) => uses.length > 1);
    expect(shared.map((uses) => `${uses[0]?.code}: ${uses.map(({ file }) => file).join(", ")}`)).to.deep.equal([]);
  });

  it("says for each code what failed and what to do, in sentences", () => {
    for (const { code, status, summary, action } of lists.flatMap(({ definitions }) => definitions)) {
      expect(code).to.match(/^[A-Z][A-Z0-9_]+$/);
      expect(status, code).to.be.within(400, 599);
      expect(summary, code).to.match(/^[A-Z].*\.$/);
      expect(action, code).to.match(/^[A-Z`].*[.!]$/);
    }
  });

  it("documents each code in docs/reference/errors.md", async () => {
    const page = await readFile(join(root, "docs/reference/errors.md"), "utf8");
    const codes = lists.flatMap(({ definitions }) => definitions.map(({ code }) => code));
    expect(codes.filter((code) => !page.includes(`| \`${code}\` |`))).to.deep.equal([]);
  });
});
