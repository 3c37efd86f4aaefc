import { expect } from "chai";
import type { Hex } from "viem";
import { createDoubts } from "../../../../../node/core/overlay/move/doubts.ts";
import type { PeerConnection } from "../../../../../node/core/overlay/peer-connection.ts";
import { createMesh, soon } from "../../../../harness/mesh.ts";
import { until } from "../../../../harness/until.ts";

type Answer = "answers" | "refuses" | "stays silent";

/** A connection of a peer's, and what comes of asking on it. */
function newConnection(id: string, answer: Answer, fields: Partial<PeerConnection> = {}): PeerConnection {
  const libp2p = { id, answer };
  return { peerId: "0x01", direction: "inbound", path: "direct", ...fields, libp2p } as unknown as PeerConnection;
}

/** Those that are asked and dropped when the last of these opens. */
async function doubt(...connections: PeerConnection[]) {
  const [asked, dropped]: [string[], string[]] = [[], []];
  const doubts = createDoubts({
    connections: () => connections,
    ping({ libp2p }) {
      asked.push(libp2p.id);
      const { answer } = libp2p as unknown as { answer: Answer };
      if (answer === "stays silent") return new Promise(() => undefined);
      return answer === "answers" ? Promise.resolve(1) : Promise.reject(new Error("too many streams"));
    },
    drop: ({ libp2p }) => dropped.push(libp2p.id),
    stopping: soon(),
  });
  await doubts.opened(connections.at(-1) as PeerConnection);
  return { asked, dropped };
}

describe("core/overlay/move/doubts", () => {
  const newNode = createMesh();

  it("drops what stays silent once its peer has come anew by a way that is as good or worse", async () => {
    const { dropped } = await doubt(
      newConnection("punched", "stays silent", { path: "punched" }),
      newConnection("relayed", "stays silent", { path: "relayed", direction: "outbound" }),
      newConnection("alive", "answers"),
      newConnection("refusing", "refuses"),
      newConnection("another's", "stays silent", { peerId: "0x02" as Hex }),
      newConnection("new", "answers", { path: "relayed" }),
    );
    expect(dropped).to.have.members(["punched", "relayed"]);
  });

  it("drops nothing where the new one says nothing either", async () => {
    const { dropped } = await doubt(newConnection("old", "stays silent"), newConnection("new", "refuses"));
    expect(dropped).to.deep.equal([]);
  });

  it("asks nobody where the new one is better, or our own", async () => {
    const relayed = newConnection("old", "stays silent", { path: "relayed" });
    expect((await doubt(relayed, newConnection("better", "answers"))).asked).to.deep.equal([]);
    const own = newConnection("own", "answers", { path: "relayed", direction: "outbound" });
    expect((await doubt(relayed, own)).asked).to.deep.equal([]);
  });

  it("has a node leave a connection whose far end is dead when its peer comes anew", async () => {
    const [alice, bob] = [await newNode(1), await newNode(2)];
    const old = await alice.overlay.connect(await bob.record(), soon());
    const atBob = await until(() => bob.overlay.connectionTo(alice.peerId));
    const ended = new Promise<string | undefined>((resolve) => {
      atBob.libp2p.addEventListener("close", ({ error }) => resolve(error?.message));
    });
    // From here on it neither reads nor answers, and does not hang up.
    (old.libp2p as unknown as { maConn: { socket: { pause(): void } } }).maConn.socket.pause();
    await alice.overlay.connectAnew(await bob.record(), soon());
    expect(await ended).to.equal("its peer has come anew, and answers no more on it");
    expect(bob.overlay.connectionTo(alice.peerId)).not.to.equal(undefined);
  });
});
