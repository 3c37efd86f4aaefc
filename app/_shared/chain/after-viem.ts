/**
 * Loads what reads the chain after viem, which is most of it: evaluated together they would keep a phone from answering
 * for a quarter of a second, and so each has a task of its own.
 */
export async function afterViem<T>(load: () => Promise<T>): Promise<T> {
  await import("./public-client");
  await new Promise((resolve) => setTimeout(resolve));
  return await load();
}
