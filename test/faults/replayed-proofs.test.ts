import { once } from "node:events";
import { expect } from "chai";
import type { Hex } from "viem";
import { type Client, createClient } from "../../node/api/client.ts";
import { backboneRoutes } from "../../node/backbone/api.ts";
import { createPaymentTransactions } from "../../node/core/chain/index.ts";
import { createNonce, encodeQuestion, probeProtocol, signQuestion } from "../../node/core/evidence/probe.ts";
import { readIdentityFile } from "../../node/core/identity/index.ts";
import { moveProtocol } from "../../node/core/overlay/move/protocol.ts";
import type { SignedRecord } from "../../node/core/records/index.ts";
import type { RunningNode } from "../../scripts/network/index.ts";
import { withChain } from "../harness/charging.ts";
import { prefixed } from "../wire/target.ts";
import {
  backboneUrls,
  faultMesh,
  mendMs,
  ofType,
  signedRecordOf,
  startAll,
  startStranger,
  untilPing,
  untilWell,
  verifier,
} from "./fixture.ts";
import { openChannels, operatorOf, payRelays, vouchedWei, vouchersOf } from "./paying.ts";
import { answerChallenge, present, signedIn } from "./sign-in.ts";

describe("faults: replayed proofs", function () {
  this.timeout(5 * mendMs);
  const mesh = faultMesh();

  it("nobody gets in by an answer that got its node in before, nor by one for another backbone", async () => {
    const network = mesh();
    const [first = "", second = ""] = await backboneUrls(network);
    expect(second).to.not.equal("");
    const [name = "", other = ""] = ofType(network, "light_private");
    const answer = await answerChallenge(first, network.node(name));
    // Who overhears an answer on its way to one backbone can't use it at another.
    expect(await present(second, answer)).to.equal("CHALLENGE_UNKNOWN");
    expect(await present(first, answer)).to.equal(null);
    expect(await present(first, answer)).to.equal("CHALLENGE_UNKNOWN");
    // Nor does one node's signature get another one in.
    const theirs = await answerChallenge(first, network.node(other));
    const { signature, public_key, node_address } = answer;
    expect(await present(first, { ...theirs, signature })).to.equal("SIGNATURE_INVALID");
    const anew = await answerChallenge(first, network.node(other));
    expect(await present(first, { ...anew, signature, public_key, node_address })).to.equal("PEER_ID_MISMATCH");
  });

  it("no backbone takes a record again that its node has replaced, nor anybody's word for another's", async () => {
    const network = mesh();
    const [name = "", other = ""] = ofType(network, "light_private");
    const old = await signedRecordOf(network.node(name));
    await network.stopNode(name);
    const again = await network.startNode(name);
    await untilWell(network, [name]);
    const url = (await again.status()).backbone?.url ?? "";
    const announce = (client: Client, record: SignedRecord) =>
      client.call(backboneRoutes.announce, record).then(
        () => null,
        (error: { code: string }) => error.code,
      );
    const newest = await signedRecordOf(again);
    expect(await announce(createClient({ baseUrl: url }), old)).to.equal("SESSION_INVALID");
    expect(await announce(await signedIn(url, again), old)).to.equal("RECORD_STALE");
    for (const record of [old, newest]) {
      expect(await announce(await signedIn(url, network.node(other)), record)).to.equal("RECORD_NOT_YOURS");
    }
    await untilPing(network.node(other), again);
  });

  it("a node follows no word of a peer's move from another, and answers no backbone's question that another asks", async () => {
    const network = mesh();
    const [victim, peer] = ["light_public", "light_private"].map((type) =>
      network.node(ofType(network, type as "light_public")[0] ?? ""),
    ) as [RunningNode, RunningNode];
    const [backbone = ""] = ofType(network, "backbone_auth");
    await untilPing(victim, peer);
    const stranger = await startStranger(network);
    try {
      const record = await verifier(network)(await signedRecordOf(victim));
      const connection = await stranger.connect(record, AbortSignal.timeout(60_000));
      /** Whether the victim says anything to it before it ends the stream. */
      const isHeard = async (protocol: string, bytes: Uint8Array) => {
        const stream = await connection.open(protocol, AbortSignal.timeout(60_000));
        const answer = once(stream, "message").then(() => true);
        const ended = once(stream, "close").then(() => false);
        // The victim may have ended it before a word was said.
        if (stream.status !== "open") return false;
        stream.send(bytes);
        return Promise.race([answer, ended]);
      };
      // Anybody can have it from a backbone.
      const word = Buffer.from(JSON.stringify(await signedRecordOf(peer)));
      expect(await isHeard(moveProtocol, prefixed(word))).to.equal(false);
      const { identity } = await readIdentityFile(network.node(backbone).folder);
      const domain = { chainId: 31337, nexusAddress: network.nexusAddress };
      const question = await signQuestion(identity, victim.peerId, createNonce(Date.now()), domain);
      expect(await isHeard(probeProtocol, encodeQuestion(question))).to.equal(false);
    } finally {
      await stranger.stop();
    }
    await untilPing(victim, peer);
    await untilPing(peer, victim);
  });

  it("a voucher pays a relay once, however often it is redeemed; what it promises outlives a crash", async () => {
    const network = mesh();
    const [payer = "", payee = ""] = ofType(network, "light_private");
    const relays = ofType(network, "light_public");
    await openChannels(network, payer);
    await payRelays(network, payer, payee);
    const { peerId } = network.node(payer);

    const owed = () => Promise.all(relays.map((relay) => vouchedWei(network.node(relay), peerId)));
    const before = await owed();
    const paid = relays.filter((_, index) => before[index] !== 0n);
    expect(paid).to.not.have.length(0);
    await Promise.all(paid.map((relay) => network.stopNode(relay, "SIGKILL")));
    await startAll(network, paid);
    const after = await owed();
    expect(after.every((wei, index) => wei >= (before[index] ?? 0n))).to.equal(true);

    await withChain(network, async (chain) => {
      const account = operatorOf(network, payer);
      const redeemedBy = async (relay: Hex) =>
        (await chain.payments?.channelOf(account.address, relay))?.redeemedWei ?? 0n;
      const held = await Promise.all(relays.map((relay) => vouchersOf(network.node(relay), peerId)));
      expect(held.flat()).to.not.have.length(0);
      for (const [index, vouchers] of held.entries()) {
        const relay = network.node(relays[index] ?? "").peerId;
        // Anybody may redeem for a relay: to it alone it pays.
        const { redeem } = createPaymentTransactions(chain, operatorOf(network, payee));
        for (const voucher of vouchers) {
          await redeem(relay, [voucher]);
          const paidWei = await redeemedBy(relay);
          // The contract counts in gwei.
          expect(paidWei).to.equal(voucher.cumulativeWei - (voucher.cumulativeWei % 10n ** 9n));
          await redeem(relay, [voucher]).catch(() => undefined);
          expect(await redeemedBy(relay)).to.equal(paidWei);
        }
      }
    });
    await untilWell(
      network,
      network.members.map(({ name }) => name),
    );
  });
});
