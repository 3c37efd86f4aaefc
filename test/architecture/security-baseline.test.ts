import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { expect } from "chai";
import { root } from "../../scripts/root.ts";
import { repositoryFiles } from "./sources.ts";

const read = (path: string) => readFile(join(root, path), "utf8");

describe("architecture/security-baseline", () => {
  it("names for each control tests that are there, and that run", async () => {
    const rows = (await read("docs/guides/security-baseline.md")).split("\n").filter((line) => /^\| [A-Z]/.test(line));
    expect(rows).to.have.length.greaterThan(15);
    const files = await repositoryFiles();
    for (const row of rows) {
      const [, control = "", , tests = ""] = row.split("|");
      const named = [...tests.matchAll(/`([^`]+)`/g)].map(([, path]) => `test/${path}`);
      expect(named, control).to.not.deep.equal([]);
      for (const path of named) {
        const found = files.filter(
          (file) => file.endsWith(".test.ts") && (file === path || file.startsWith(`${path}`)),
        );
        expect(found, `${control.trim()}: ${path}`).to.not.deep.equal([]);
        for (const file of found) expect(await read(file), file).to.match(/\bit\(/);
      }
      for (const [, path, title = ""] of tests.matchAll(/`([^`]+)` “([^”]+)”/g))
        expect(await read(`test/${path}`), `${control.trim()}: ${path}`).to.include(`it("${title}"`);
    }
  });
});
