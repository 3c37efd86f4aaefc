import { expect } from "chai";
import { type Address, BaseError, formatEther, parseEther, toHex } from "viem";
import { generatePrivateKey, privateKeyToAccount } from "viem/accounts";
import { nodeNexusAbi } from "../../../../contracts/generated/node-nexus.ts";
import {
  type Chain,
  createChain,
  type Register,
  regionToBytes,
  registerNode,
  requireOpenRegion,
} from "../../../../node/core/chain/index.ts";
import { createIdentity, type Identity } from "../../../../node/core/identity/index.ts";
import { account, startTestChain, transact } from "../../../harness/anvil.ts";
import { expectCode } from "../../../harness/expect-code.ts";
import { identityOf } from "../../../harness/identities.ts";
import { createRandom } from "../../../harness/random.ts";
import { silent } from "../../api/fixture.ts";

describe("core/chain/register on anvil", function () {
  this.timeout(30_000);
  const anvil = startTestChain();
  const random = createRandom(40);
  const newIdentity = () => createIdentity(random.bytes(32));
  const operator = account(1);
  const publicNode: Register = { nodeType: "light_public", region: "europe", bandwidthMbps: 100 };
  let nexusAddress: Address;
  let chain: Chain;

  before(async () => {
    nexusAddress = await anvil().deploy({ backboneOperators: [account(2).address] });
    const config = { rpcUrl: anvil().rpcUrl, chainId: 31337, nexusAddress, pollIntervalMs: 100 };
    chain = createChain(config, { log: silent });
    await chain.start(AbortSignal.timeout(10_000));
  });
  after(() => chain?.stop());

  const register = (identity: Identity, changes: Partial<Register> = {}) =>
    registerNode(chain, identity, operator, { ...publicNode, ...changes });
  const refused = async (promise: Promise<unknown>, reason: string, code = "TRANSACTION_REVERTED") => {
    const error = await expectCode(promise, code);
    expect(error.message, "a sentence of ours, not the contract's name for it").to.not.include(reason);
    expect(error.details.reason).to.equal(reason);
    return error;
  };

  it("registers a node with the contract's minimum stake unless told otherwise", async () => {
    const identity = newIdentity();
    expect(await register(identity)).to.match(/^0x[0-9a-f]{64}$/);
    const registration = await chain.nexus.registrationOf(identity.peerId);
    expect(registration).to.deep.include({
      peerId: identity.peerId,
      nodeType: "light_public",
      region: "europe",
      operator: operator.address,
      bandwidthMbps: 100,
      stakeWei: parseEther("100").toString(),
      active: true,
    });
    expect(await chain.nexus.publicNodes("europe", 8, 0n)).to.include(identity.peerId);
    expect(await chain.nexus.publicNodes("oceania", 8, 0n)).to.not.include(identity.peerId);
    const more = newIdentity();
    await register(more, { stakeWei: parseEther("150.5") });
    expect((await chain.nexus.registrationOf(more.peerId))?.stakeWei).to.equal(parseEther("150.5").toString());
  });

  it("registers a private node without a stake, and a backbone only for an approved operator", async () => {
    const [light, backbone] = [newIdentity(), newIdentity()];
    await register(light, { nodeType: "light_private" });
    expect((await chain.nexus.registrationOf(light.peerId))?.nodeType).to.equal("light_private");
    await refused(register(backbone, { nodeType: "backbone_auth" }), "BackboneNotApproved");
    await registerNode(chain, backbone, account(2), { ...publicNode, nodeType: "backbone_auth" });
    expect(await chain.nexus.backbones("europe")).to.deep.equal([backbone.peerId]);
    expect(await chain.nexus.endpointOf(backbone.peerId)).to.equal(null);
    const setEndpoint = { address: nexusAddress, abi: nodeNexusAbi, functionName: "setEndpoint" };
    await transact(anvil(), 2, { ...setEndpoint, args: [backbone.peerId, "https://backbone.example"] });
    expect(await chain.nexus.endpointOf(backbone.peerId)).to.equal("https://backbone.example");
  });

  it("says what the contract has against too small a stake, an unknown region, or no bandwidth", async () => {
    const small = await refused(
      register(newIdentity(), { stakeWei: parseEther("99") }),
      "StakeTooLow",
      "STAKE_TOO_LOW",
    );
    expect(small.details.args).to.deep.equal([parseEther("99").toString(), parseEther("100").toString()]);
    expect(small.message).to.include("99 SHM").and.include("100 SHM");
    const unknown = await refused(register(newIdentity(), { region: "atlantis" }), "UnknownRegion", "REGION_NOT_OPEN");
    expect(unknown.message).to.include("atlantis");
    expect(unknown.action).to.include("europe");
    await refused(register(newIdentity(), { bandwidthMbps: 0 }), "InvalidBandwidth");
  });

  it("says that a stake is more than the contract can count", async () => {
    const rich = account(5);
    await anvil().rpc("anvil_setBalance", [rich.address, toHex(2n ** 98n)]);
    const large = registerNode(chain, newIdentity(), rich, { ...publicNode, stakeWei: 2n ** 97n });
    const error = await refused(large, "AmountTooLarge");
    expect(error.message).to.include(`${formatEther(2n ** 96n - 1n)} SHM`);
  });

  it("says that a region is closed, or that registrations are paused, for as long as they are", async () => {
    const govern = (functionName: string, args: unknown[] = []) =>
      transact(anvil(), 0, { address: nexusAddress, abi: nodeNexusAbi, functionName, args });
    await govern("setRegion", [regionToBytes("oceania"), false]);
    const closed = await refused(register(newIdentity(), { region: "oceania" }), "RegionClosed", "REGION_NOT_OPEN");
    expect(closed.message).to.include("oceania");
    await govern("setRegion", [regionToBytes("oceania"), true]);
    await govern("pause");
    await refused(register(newIdentity()), "EnforcedPause");
    await govern("unpause");
    await register(newIdentity(), { region: "oceania" });
  });

  it("says where an address holds another contract, and does not call its own mistakes the chain's", async () => {
    const elsewhere = account(9).address;
    await anvil().rpc("anvil_setCode", [elsewhere, "0x00"]);
    const other = createChain(
      { rpcUrl: anvil().rpcUrl, chainId: 31337, nexusAddress: elsewhere, pollIntervalMs: 100 },
      { log: silent },
    );
    await other.start(AbortSignal.timeout(10_000));
    await expectCode(requireOpenRegion(other, "europe"), "NO_CONTRACT");
    await other.stop();
    const error = await register(newIdentity(), { region: "x".repeat(33) }).catch((cause: unknown) => cause);
    expect(error).to.be.instanceOf(BaseError).and.to.not.have.property("code");
  });

  it("says that a node is registered already", async () => {
    const identity = newIdentity();
    await register(identity);
    await refused(register(identity), "AlreadyRegistered");
  });

  it("refuses a proof that names other keys or another operator", async () => {
    // The node key signs as ever, but the ID is claimed with another's ML-DSA key.
    const mixed = { ...newIdentity(), mlDsaKeyHash: identityOf(2).mlDsaKeyHash };
    await refused(register(mixed), "PeerIdMismatch", "PROOF_NOT_YOURS");
    const own = newIdentity();
    const foreign = { ...own, nodeAccount: newIdentity().nodeAccount };
    await refused(register(foreign), "PeerIdMismatch", "PROOF_NOT_YOURS");
    const forAnother = {
      ...own,
      nodeAccount: {
        ...own.nodeAccount,
        signTypedData: (data: { message: object }) =>
          own.nodeAccount.signTypedData({
            ...data,
            message: { ...data.message, operator: account(3).address },
          } as never),
      },
    } as Identity;
    await refused(register(forAnother), "PeerIdMismatch", "PROOF_NOT_YOURS");
    expect(await chain.nexus.registrationOf(own.peerId)).to.equal(null);
  });

  it("refuses a proof whose signature is none, and one that ran out or counts for too long", async () => {
    const own = newIdentity();
    const scribbled = {
      ...own,
      nodeAccount: { ...own.nodeAccount, signTypedData: async () => `0x${"ff".repeat(65)}` },
    };
    await refused(register(scribbled as Identity), "InvalidNodeSignature", "PROOF_NOT_YOURS");
    const nowS = Number((await chain.client.getBlock()).timestamp);
    /** A chain whose newest block is from another time than the one that will hold the registration. */
    const shifted = (byS: number) => {
      const getBlock = async () => ({ timestamp: BigInt(nowS + byS) });
      return { ...chain, client: { ...chain.client, getBlock } } as unknown as Chain;
    };
    await refused(registerNode(shifted(-2 * 3_600), own, operator, publicNode), "ProofExpired");
    const late = await refused(registerNode(shifted(48 * 3_600), own, operator, publicNode), "ProofTooLong");
    expect(late.message).to.include(new Date((nowS + 49 * 3_600) * 1_000).toISOString());
    expect(await chain.nexus.registrationOf(own.peerId)).to.equal(null);
  });

  it("says that an account without SHM cannot pay", async () => {
    const poor = privateKeyToAccount(generatePrivateKey());
    await expectCode(registerNode(chain, newIdentity(), poor, publicNode), "INSUFFICIENT_FUNDS");
  });

  it("says what the contract says of its regions and nodes, page by page", async () => {
    expect(await chain.nexus.regions()).to.include.members(["europe", "oceania", "middle_east"]);
    const { nodes, total } = await chain.nexus.page("europe", "light_public", 0, 2);
    expect(nodes).to.have.length(2);
    expect(total).to.be.greaterThan(2);
    const rest = await chain.nexus.page("europe", "light_public", 2, 100);
    expect(rest.nodes).to.have.length(total - 2);
    expect(await chain.nexus.registrationOf(identityOf(77).peerId)).to.equal(null);
    expect(await chain.nexus.minimumStakeWei("light_private")).to.equal(0n);
  });

  it("says that the chain went away before it sends anything", async () => {
    const lost = createChain(
      { rpcUrl: "http://127.0.0.1:9", chainId: 31337, nexusAddress, pollIntervalMs: 100 },
      { log: silent },
    );
    await lost.start(AbortSignal.timeout(10_000));
    await expectCode(registerNode(lost, newIdentity(), operator, publicNode), "CHAIN_UNREACHABLE");
    await lost.stop();
  });
});
