/** User ID of nobody on Linux and macOS alike. */
const nobody = 65534;

/** Does something with the rights of an ordinary user: permissions are not checked for root, as which CI may run. */
export async function asOrdinaryUser<T>(act: () => T | Promise<T>): Promise<T> {
  if (process.getuid?.() !== 0) return act();
  process.seteuid?.(nobody);
  try {
    return await act();
  } finally {
    process.seteuid?.(0);
  }
}
