// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IStakePools} from "./IStakePools.sol";

/// @title The registry of ShadowMesh nodes, their stake and their standing
/// @notice An operator registers a node with a proof made by the node's own key. From then on anybody finds the node
/// by region and type, best reputation first, at a cost that does not grow with the number of nodes.
/// @dev Amounts are in wei of the native coin (SHM), times in Unix seconds, bandwidth in Mbit/s.
interface INodeNexus {
    /// @notice What a node does in the mesh.
    enum NodeType {
        BACKBONE_AUTH,
        LIGHT_PRIVATE,
        LIGHT_PUBLIC
    }

    /// @notice Everything the chain knows about a node.
    struct Node {
        /// First 20 bytes of keccak256(node address ‖ keccak256(ML-DSA-87 public key)).
        bytes20 peerID;
        NodeType nodeType;
        /// Short string, zero-padded on the right: "europe".
        bytes32 region;
        address operator;
        uint32 bandwidthMbps;
        /// What the operator and the stakers hold together; while the node unbonds, what they can withdraw later.
        uint256 stake;
        /// Registration or last heartbeat.
        uint64 lastSeen;
        /// Registered and not leaving.
        bool active;
    }

    /// @notice Everything about one node, in one call.
    struct NodeDetails {
        Node node;
        /// 0 to 100.
        uint8 score;
        /// From when on `withdraw` pays; 0 if the node is not leaving.
        uint64 availableAt;
        /// How long the node, and who unstakes from it, takes to leave, in seconds; 0 once it is leaving.
        uint64 unbondingPeriod;
        /// Base URL of a BACKBONE_AUTH node's API; empty if there is none.
        string endpoint;
        IStakePools.PoolView pool;
    }

    /// @notice What is in one region. Both lists are by type: BACKBONE_AUTH, LIGHT_PRIVATE, LIGHT_PUBLIC.
    struct RegionTotals {
        bytes32 region;
        /// Whether it takes new nodes.
        bool open;
        uint256[3] nodes;
        uint256[3] bandwidthMbps;
    }

    /// @notice What an operator hands in to register a node.
    struct Registration {
        bytes20 peerID;
        NodeType nodeType;
        bytes32 region;
        uint32 bandwidthMbps;
        /// keccak256 of the node's ML-DSA-87 public key.
        bytes32 mlDsaKeyHash;
        /// 65 bytes: the node key's EIP-712 signature over
        /// Registration(address operator,bytes20 peerID,uint64 deadline).
        bytes nodeSignature;
        /// Until when the signature counts; at most a day ahead.
        uint64 deadline;
    }

    /// @notice The parameters a new registry starts with.
    struct Parameters {
        address owner;
        address pauser;
        uint256 publicMinimum;
        uint256 backboneMinimum;
        uint64 unbondingPeriod;
        uint256 relayPricePerGiB;
        bytes32[] regions;
        /// Operators that may run BACKBONE_AUTH nodes from the start.
        address[] backboneOperators;
        address scorer;
        address slasher;
    }

    /// @notice A node is there, with all that an indexer needs to know of it.
    event NodeRegistered(
        bytes20 indexed peerID,
        address indexed operator,
        NodeType nodeType,
        bytes32 region,
        uint32 bandwidthMbps,
        uint256 stake,
        address nodeAddress,
        bytes32 mlDsaKeyHash
    );
    /// @notice What the node offers from now on.
    event NodeUpdated(bytes20 indexed peerID, NodeType nodeType, bytes32 region, uint32 bandwidthMbps);
    /// @notice A backbone says where its API is; empty when it ends.
    event EndpointSet(bytes20 indexed peerID, string endpoint);
    /// @notice The operator's stake grew.
    event StakeAdded(bytes20 indexed peerID, uint256 amount);
    /// @notice A node leaves the look-ups; its stake can be withdrawn from `availableAt` on.
    event NodeDeregistered(bytes20 indexed peerID, uint64 availableAt);
    /// @notice The operator was paid out; the peer ID is free.
    event StakeWithdrawn(bytes20 indexed peerID, address indexed operator, uint256 amount);
    /// @notice An operator may run BACKBONE_AUTH nodes, or no longer.
    event BackboneApprovalSet(address indexed operator, bool approved);
    /// @notice Later registrations of the type need this stake.
    event MinimumStakeSet(NodeType indexed nodeType, uint256 amount);
    /// @notice Nodes that register later leave under this period.
    event UnbondingPeriodSet(uint64 period);
    /// @notice What a relayed GiB costs from now on.
    event RelayPriceSet(uint256 weiPerGiB);
    /// @notice A region is known, and takes new nodes or not.
    event RegionSet(bytes32 indexed region, bool open);
    /// @param changes For each node, ascending: its number (4 bytes) and the score it has now (1 byte).
    event ScoresApplied(bytes32 indexed region, NodeType indexed nodeType, bytes changes);
    /// @notice Another contract's scores count.
    event ScorerSet(address indexed scorer);
    /// @notice Another contract may freeze and slash.
    event SlasherSet(address indexed slasher);
    /// @notice Somebody else may stop entries.
    event PauserSet(address indexed pauser);
    /// @notice Entries are stopped.
    event Paused(address account);
    /// @notice Entries are let in again.
    event Unpaused(address account);

    /// @notice Governance does not list the region.
    error UnknownRegion(bytes32 region);
    /// @notice The region takes no new nodes.
    error RegionClosed(bytes32 region);
    /// @notice No further region can be numbered.
    error TooManyRegions(uint256 maximum);
    /// @notice Less than the type needs.
    error StakeTooLow(uint256 sent, uint256 minimum);
    /// @notice The signer and the key hash make another ID; so does a proof for another operator, chain or proxy.
    error PeerIdMismatch(bytes20 claimed, bytes20 computed);
    /// @notice The signature is malformed or malleable; it names no signer.
    error InvalidNodeSignature();
    /// @notice The signature's time is over.
    error ProofExpired(uint64 deadline);
    /// @notice A proof that counts for longer could be used again by an operator that the node has since left.
    error ProofTooLong(uint64 deadline, uint64 latest);
    /// @notice The ID is taken, or still unbonds.
    error AlreadyRegistered(bytes20 peerID);
    /// @notice Nobody registered the ID.
    error NotRegistered(bytes20 peerID);
    /// @notice Only the node's operator may.
    error NotOperator(address caller, address operator);
    /// @notice Governance has not approved the operator for BACKBONE_AUTH nodes.
    error BackboneNotApproved(address operator);
    /// @notice Only BACKBONE_AUTH nodes have an endpoint.
    error NotBackbone(bytes20 peerID);
    /// @notice No base URL that the contract accepts.
    error InvalidEndpoint(string endpoint);
    /// @notice Zero, or more than 10 Tbit/s.
    error InvalidBandwidth(uint32 bandwidthMbps);
    /// @notice The node is leaving.
    error AlreadyUnbonding(bytes20 peerID, uint64 availableAt);
    /// @notice The node did not announce its leaving.
    error NotUnbonding(bytes20 peerID);
    /// @notice Too early.
    error StillUnbonding(uint64 availableAt);
    /// @notice The receiver refused the coins.
    error TransferFailed(address to, uint256 amount);
    /// @notice Zero, or longer than the maximum.
    error InvalidUnbondingPeriod(uint64 period, uint64 maximum);
    /// @notice LIGHT_PRIVATE nodes need no stake, whatever governance wants.
    error NoMinimumFor(NodeType nodeType);
    /// @notice More than the contract can count.
    error AmountTooLarge(uint256 amount, uint256 maximum);
    /// @notice The call needs coins.
    error NothingSent();
    /// @notice The zero address cannot have this role.
    error InvalidAddress(address account);
    /// @notice Only the pauser and the owner may.
    error NotPauser(address caller);
    /// @notice The changes are not made of whole entries of five bytes.
    error InvalidChanges(uint256 bytesLength);
    /// @notice Changes must be sorted by number, so that none is made twice.
    error UnsortedChanges(uint32 id);
    /// @notice Only the scorer may.
    error NotScorer(address caller);
    /// @notice Only the slasher may.
    error NotSlasher(address caller);
    /// @notice The node is no BACKBONE_AUTH node that lost its approval.
    error NotEvictable(bytes20 peerID);
    /// @notice Entries are stopped; exits are not.
    error EnforcedPause();
    /// @notice Nothing is paused.
    error ExpectedPause();

    // ── Operators ──

    /// @notice Registers a node; the caller becomes its operator and the value sent its stake.
    /// @dev EIP-712 domain: name "ShadowMesh NodeNexus", version "1", this chain, this proxy. The signer's address and
    /// `mlDsaKeyHash` must hash to the peer ID, so that nobody registers an ID whose node key did not name them. A proof
    /// counts for a day at most. Where unbonding takes longer, as it does unless governance shortens it to less, a former
    /// operator has none left when the ID is free again.
    function register(Registration calldata registration) external payable;

    /// @notice Changes what a node offers; the value sent is added to its stake.
    /// @dev A node that changes its type keeps at most the initial score; one that changes region keeps its score.
    function update(bytes20 peerID, NodeType nodeType, bytes32 region, uint32 bandwidthMbps) external payable;

    /// @notice Says where light nodes reach a BACKBONE_AUTH node when they know nothing but the chain.
    /// @param endpoint Base URL, http:// or https://, up to 256 bytes of printable ASCII; empty removes it.
    function setEndpoint(bytes20 peerID, string calldata endpoint) external;

    /// @notice Shows that the node's operator is there: `nodes` tells when it was last seen.
    /// @dev No event goes with it: it would be a thirtieth of what a call costs, for what the storage says.
    function heartbeat(bytes20 peerID) external;

    /// @notice Adds the value sent to the node's stake, on the operator's behalf; anybody may pay.
    /// @dev What is added while the node unbonds is withdrawn with the rest.
    function topUp(bytes20 peerID) external payable;

    /// @notice Takes a node out of all look-ups at once and starts the unbonding of its stake.
    function deregister(bytes20 peerID) external;

    /// @notice Takes out a BACKBONE_AUTH node whose operator is no longer approved, as if the operator had; anybody may
    /// call. It would count towards the quorum otherwise.
    function evict(bytes20 peerID) external;

    /// @notice Moves the nodes of one region and type to new scores, by ten at most; only the scorer may.
    /// @param changes For each node, ascending: its number (4 bytes) and its new score (1 byte). Nodes that have left the
    /// group meanwhile are passed over.
    function applyScores(bytes32 region, NodeType nodeType, bytes calldata changes) external;

    /// @notice Keeps a node's stake, and what unbonds in its pool, from being withdrawn; 0 thaws it. Only the slasher
    /// may, for at most 14 days ahead.
    function freeze(bytes20 peerID, uint64 until) external;

    /// @notice Takes a part of a node's stake and of what unbonds in its pool, to the caller; only the slasher may.
    /// @dev The score is left to the quorum, which hears of it as anybody does.
    function slash(bytes20 peerID, uint16 bps) external returns (uint256 taken);

    /// @notice Pays the unbonded stake to the operator and frees the peer ID. Works while paused, needs no admin.
    function withdraw(bytes20 peerID) external;

    // ── Governance ──

    /// @notice Lets an operator run BACKBONE_AUTH nodes, or no longer; a revoked operator's nodes leave
    /// `getBackboneNodes` at once and can still withdraw.
    function setBackboneApproval(address operator, bool approved) external;

    /// @notice Sets the stake that a later registration or change of type needs.
    function setMinimumStake(NodeType nodeType, uint256 amount) external;

    /// @notice Sets the unbonding period of nodes that register later; a node leaves under the one it came under.
    function setUnbondingPeriod(uint64 period) external;

    /// @notice Sets what users pay for a relayed GiB (2^30 bytes).
    function setRelayPricePerGiB(uint256 weiPerGiB) external;

    /// @notice Adds a region, or opens or closes a known one; nodes in a closed region stay.
    function setRegion(bytes32 region, bool open) external;

    /// @notice Names who may stop entries, beside the owner; zero for nobody.
    function setPauser(address pauser) external;

    /// @notice Names the contract whose scores count: see IReputation.
    function setScorer(address scorer) external;

    /// @notice Names the contract that may freeze and slash: see ISlashing.
    function setSlasher(address slasher) external;

    /// @notice Stops entries (register, top-up, stake, rebond, change of type or region); never exits, heartbeats, scores,
    /// rewards or penalties.
    function pause() external;

    /// @notice Lets entries in again.
    function unpause() external;

    // ── Look-ups ──

    /// @return node All zero if the ID is not registered.
    function nodes(bytes20 peerID) external view returns (Node memory node);

    /// @return details All zero if the ID is not registered.
    function nodeDetails(bytes20 peerID) external view returns (NodeDetails memory details);

    /// @notice All BACKBONE_AUTH nodes of a region whose operators are approved, best score first.
    function getBackboneNodes(bytes32 region) external view returns (bytes20[] memory peerIDs);

    /// @notice The `count` LIGHT_PUBLIC nodes of a region with the best scores; fewer if there are not as many with a
    /// score of at least 30.
    function getPublicLightNodes(bytes32 region, uint256 count) external view returns (bytes20[] memory peerIDs);

    /// @param seed Within one score the list starts at a place that the seed picks, so that nobody camps on the first.
    function getPublicLightNodes(
        bytes32 region,
        uint256 count,
        uint256 seed
    ) external view returns (bytes20[] memory peerIDs);

    /// @notice Active nodes of one region and type, best score first.
    /// @return page At most `limit` nodes.
    /// @return total How many there are in all.
    function nodesPage(
        bytes32 region,
        NodeType nodeType,
        uint256 offset,
        uint256 limit
    ) external view returns (Node[] memory page, uint256 total);

    /// @notice What the active nodes of one region and type have staked, over a page of them as `nodesPage` cuts it.
    /// @dev Stake moves with each reward, so no total of it is kept. Off chain one call sums up thousands of nodes, at
    /// about 5,300 gas each; the subgraph keeps the sum as `Region.stake`.
    /// @return stake In wei.
    /// @return total How many nodes there are in all.
    function stakeIn(
        bytes32 region,
        NodeType nodeType,
        uint256 offset,
        uint256 limit
    ) external view returns (uint256 stake, uint256 total);

    /// @notice How many nodes of that type are active in the region.
    function nodeCount(bytes32 region, NodeType nodeType) external view returns (uint256);

    /// @notice Nodes and bandwidth of every region there ever was, closed ones too; at a cost that does not grow with the
    /// number of nodes. For the stake see `stakeIn`.
    function regionTotals() external view returns (RegionTotals[] memory);

    /// @return score 0 to 100; 0 if the ID is not registered.
    function scoreOf(bytes20 peerID) external view returns (uint8 score);

    /// @return endpoint Empty if there is none.
    function endpointOf(bytes20 peerID) external view returns (string memory endpoint);

    /// @return amount What `withdraw` will pay; 0 if the node is not unbonding.
    /// @return availableAt From when on; 0 if the node is not unbonding.
    function unbondingOf(bytes20 peerID) external view returns (uint256 amount, uint64 availableAt);

    /// @notice Whether governance lets the operator run BACKBONE_AUTH nodes.
    function isApprovedBackbone(address operator) external view returns (bool);

    /// @return Whether the ID is that of an active BACKBONE_AUTH node whose operator is approved.
    function isBackbone(bytes20 peerID) external view returns (bool);

    /// @notice How many BACKBONE_AUTH nodes are active, approved or not.
    function backboneCount() external view returns (uint256);

    /// @notice The contract whose scores count.
    function scorer() external view returns (address);

    /// @notice The contract that may freeze and slash.
    function slasher() external view returns (address);

    /// @notice Who governs: in production a NexusTimelock.
    function owner() external view returns (address);

    /// @notice What a registration as that type needs, in wei.
    function minimumStake(NodeType nodeType) external view returns (uint256);

    /// @notice How long a node that registers now takes to leave, in seconds.
    function unbondingPeriod() external view returns (uint64);

    /// @notice The longest unbonding period there ever was: no node takes longer to leave.
    function longestUnbondingPeriod() external view returns (uint64);

    /// @return weiPerGiB What users pay for a relayed GiB (2^30 bytes).
    function relayPricePerGiB() external view returns (uint256 weiPerGiB);

    /// @notice The regions that take new nodes.
    function regions() external view returns (bytes32[] memory);

    /// @notice Who may stop entries, beside the owner.
    function pauser() external view returns (address);

    /// @notice Whether entries are stopped.
    function paused() external view returns (bool);
}
