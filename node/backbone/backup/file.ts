import { once } from "node:events";
import { existsSync } from "node:fs";
import { type FileHandle, open } from "node:fs/promises";
import type { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { constants, createZstdCompress, createZstdDecompress } from "node:zlib";
import { ShadowMeshError } from "../../core/errors.ts";
import { createFileAtomically } from "../../core/store/index.ts";
import type { WriteLines } from "./dump.ts";
import { backupErrors } from "./errors.ts";
import { damaged } from "./format.ts";

/** Standard output, or standard input. */
export const standardStream = "-";

/**
 * Makes a backup of the lines that `produce` writes, compressed (zstd, RFC 8878): a file of the owner's alone, which is
 * there as a whole or not at all, or standard output.
 *
 * @returns its bytes
 * @throws BACKUP_FILE_EXISTS, DISK_FULL, and what `produce` throws
 */
export async function writeBackup(path: string, produce: (write: WriteLines) => Promise<void>): Promise<number> {
  if (path === standardStream) return compress(produce, writeOut);
  const exists = () => new ShadowMeshError(backupErrors.BACKUP_FILE_EXISTS, { details: { path } });
  // Before all the work, and once more as it gets its name.
  if (existsSync(path)) throw exists();
  let bytes = 0;
  const made = await createFileAtomically(path, async (file) => {
    bytes = await compress(produce, (part) => file.appendFile(part));
  });
  if (!made) throw exists();
  return bytes;
}

async function writeOut(part: Uint8Array): Promise<void> {
  if (!process.stdout.write(part)) await once(process.stdout, "drain");
}

async function compress(
  produce: (write: WriteLines) => Promise<void>,
  store: (part: Uint8Array) => Promise<void>,
): Promise<number> {
  const zstd = createZstdCompress({ params: { [constants.ZSTD_c_checksumFlag]: 1 } });
  const failed = new AbortController();
  let bytes = 0;
  const stored = pipeline(zstd, async (parts: AsyncIterable<Uint8Array>) => {
    for await (const part of parts) {
      await store(part);
      bytes += part.length;
    }
  });
  stored.catch((error: unknown) => failed.abort(error));
  try {
    await produce(async (lines) => {
      failed.signal.throwIfAborted();
      if (!zstd.write(`${lines.join("\n")}\n`)) await once(zstd, "drain", { signal: failed.signal });
    });
    zstd.end();
  } catch (error) {
    // Where nothing more could be stored, that is the reason for all that failed after it.
    const reason = failed.signal.aborted ? failed.signal.reason : error;
    zstd.destroy();
    await stored.catch(() => undefined);
    throw reason;
  }
  await stored;
  return bytes;
}

/** The lines of a backup, as they are read. @throws BACKUP_UNREADABLE, BACKUP_DAMAGED */
export async function* readBackup(path: string): AsyncGenerator<string[]> {
  const file = path === standardStream ? null : await openFile(path);
  const source: Readable = file?.createReadStream() ?? process.stdin;
  const zstd = createZstdDecompress();
  const read = pipeline(source, zstd);
  read.catch(() => undefined);
  try {
    yield* toLines(zstd);
    await read;
  } catch (error) {
    throw ShadowMeshError.is(error) ? error : damaged((error as Error).message, error);
  } finally {
    source.destroy();
    zstd.destroy();
    await file?.close();
  }
}

async function openFile(path: string): Promise<FileHandle> {
  try {
    return await open(path, "r");
  } catch (cause) {
    throw new ShadowMeshError(backupErrors.BACKUP_UNREADABLE, { cause, details: { path } });
  }
}

/** Splits UTF-8 into lines; one that has no end yet waits for the next part. */
export async function* toLines(parts: AsyncIterable<Uint8Array>): AsyncGenerator<string[]> {
  const decoder = new TextDecoder();
  let begun: string[] = [];
  for await (const part of parts) {
    const [first = "", ...rest] = decoder.decode(part, { stream: true }).split("\n");
    begun.push(first);
    const last = rest.pop();
    if (last === undefined) continue;
    yield [begun.join(""), ...rest];
    begun = [last];
  }
  const left = begun.join("") + decoder.decode();
  if (left !== "") yield [left];
}
