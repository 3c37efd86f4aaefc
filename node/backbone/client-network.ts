import { isIPv6 } from "node:net";

/** What one client has of addresses: an IPv4 one, or the /64 of an IPv6 one. */
export function networkOf(text: string): string {
  const address = text.replace(/^::ffff:(?=\d+\.)/i, "");
  if (!isIPv6(address)) return address;
  const [head = "", tail = ""] = new URL(`http://[${address.replace(/%.*$/, "")}]`).hostname.slice(1, -1).split("::");
  const groups = (half: string) => (half === "" ? [] : half.split(":"));
  const zeros = Array<string>(Math.max(0, 8 - groups(head).length - groups(tail).length)).fill("0");
  return `${[...groups(head), ...zeros, ...groups(tail)].slice(0, 4).join(":")}::/64`;
}
