import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { brotliCompress, constants, gzip } from "node:zlib";
import { root } from "./root.ts";
import { files } from "./stamp.ts";

/** A file below it fits into the first packets either way. */
const leastBytes = 1_024;
const brotli = promisify(brotliCompress);
/** Browsers take Brotli (RFC 7932) over HTTPS and from this machine, gzip (RFC 1952) from anywhere. */
const encodings = {
  br: (bytes: Buffer) =>
    brotli(bytes, {
      params: { [constants.BROTLI_PARAM_QUALITY]: 10, [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length },
    }),
  gz: (bytes: Buffer) => promisify(gzip)(bytes, { level: 9 }),
};

/** Lays the compressed forms of each text in a folder of the repository beside it: a server sends them as they are. */
export async function compressTexts(folder: string): Promise<void> {
  const paths = await files(`${folder}/**/*.{html,js,css,svg,txt,json}`);
  await Promise.all(
    paths.map(async (name) => {
      const path = join(root, name);
      const bytes = await readFile(path);
      if (bytes.length < leastBytes) return;
      const forms = Object.entries(encodings);
      await Promise.all(forms.map(async ([ending, encode]) => writeFile(`${path}.${ending}`, await encode(bytes))));
    }),
  );
}
