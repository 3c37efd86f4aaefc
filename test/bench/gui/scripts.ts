import { existsSync, globSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";

export interface PageScripts {
  /** As in the address: `/network/`. */
  readonly path: string;
  /** Scripts that its HTML names, gzipped as the daemon sends them, in kB of 1,000 bytes. */
  readonly kB: number;
}

/** The pages of an export and what each makes a browser load before anything is asked for. */
export function pageScripts(folder: string): PageScripts[] {
  const sizes = new Map<string, number>();
  const sizeOf = (file: string) => {
    const path = join(folder, file);
    // Small ones go as they are.
    const known = sizes.get(file) ?? statSync(existsSync(`${path}.gz`) ? `${path}.gz` : path).size;
    sizes.set(file, known);
    return known;
  };
  return globSync("**/index.html", { cwd: folder })
    .map((file) => file.replaceAll("\\", "/").replace(/index\.html$/, ""))
    .filter((path) => !/^(404|_)/.test(path))
    .sort()
    .map((path) => {
      const html = readFileSync(join(folder, path, "index.html"), "utf8");
      // Old browsers alone load those that say `noModule`.
      const tags = [...html.matchAll(/<script\b[^>]*\bsrc="([^"]+)"[^>]*>/g)].filter(([tag]) => !/nomodule/i.test(tag));
      const files = new Set(tags.map(([, source = ""]) => source.replace(/^\//, "").replace(/\?.*$/, "")));
      const bytes = [...files].reduce((sum, file) => sum + sizeOf(file), 0);
      return { path: `/${path}`, kB: bytes / 1_000 };
    });
}
