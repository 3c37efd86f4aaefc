import { createSocket } from "node:dgram";

/** Where a router tells by itself that it has another address, or has forgotten its mappings (RFC 6886, section 3.2.1). */
const group = { address: "224.0.0.1", port: 5350 };

/** Tells of each word of a router's, until what it returns is called. What it says is to be asked for: anybody can send it. */
export function hearAnnouncements(router: string, onWord: () => void): () => void {
  const socket = createSocket({ type: "udp4", reuseAddr: true });
  // A system that binds no socket to a group, as Windows: the router is asked now and then all the same.
  socket.on("error", () => undefined);
  socket.on("message", (_, { address }) => {
    if (address === router) onWord();
  });
  // To the group alone, or it would have the answers of the router to our questions.
  socket.bind(group, () => {
    try {
      socket.addMembership(group.address);
    } catch {
      // Every machine is a member, and some need not be told so.
    }
  });
  socket.unref();
  return () => void socket.close();
}
