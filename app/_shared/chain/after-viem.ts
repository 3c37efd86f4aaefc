/**
 * Loads what reads the chain after viem, which is most of it: evaluated together they would keep a phone from answering
 * for a quarter of a second, and so each has a task of its own.
 */
export async function afterViem<T>(load: () => Promise<T>): Promise<T> {
  // Asking for half a dozen files takes as long as what asks for them takes to be shown.
  await ownTask();
  await import("./public-client");
  await ownTask();
  return await load();
}

const ownTask = () => new Promise((resolve) => setTimeout(resolve));
