import { buildDaemon, buildGui } from "../../scripts/build.ts";

/** Before the first file, once for all: what is already built is only looked at, but that takes seconds as well. */
export default async function build(): Promise<void> {
  await buildDaemon();
  await buildGui({ stream: true });
}
