// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

/// @title Slashing for what two signatures prove
/// @notice A node that signs two different contents under one (peerID, topic, sequence) contradicts itself. Who reports
/// it freezes the node's stake at once; after a challenge window the slash is carried out, unless it was dismissed.
/// @dev Signed is EIP-712 Statement(bytes20 peerID,bytes32 topic,uint64 sequence,bytes32 contentHash) under the domain of
/// NodeNexus: name "ShadowMesh NodeNexus", version "1", this chain, the registry's proxy.
interface ISlashing {
    /// @notice Two statements that contradict each other.
    struct Contradiction {
        bytes20 peerID;
        bytes32 topic;
        uint64 sequence;
        /// keccak256 of the node's ML-DSA-87 public key: with the signer's address it makes the peer ID.
        bytes32 mlDsaKeyHash;
        bytes32 firstContentHash;
        bytes32 secondContentHash;
        /// 65 bytes each, by the node key.
        bytes firstSignature;
        bytes secondSignature;
    }

    struct Report {
        address reporter;
        /// When the slash may be carried out; 0 if there is no report.
        uint64 executableAt;
    }

    /// @notice A contradiction froze a node's stake.
    event Reported(
        bytes20 indexed peerID,
        address indexed reporter,
        bytes32 topic,
        uint64 sequence,
        uint64 executableAt
    );
    /// @notice A report was dropped and the stake thawed.
    event Dismissed(bytes20 indexed peerID, address indexed by);
    /// @notice A slash was carried out.
    event Executed(bytes20 indexed peerID, address indexed reporter, uint256 toReporter, uint256 burnt);

    /// @notice The contents are the same, or two keys signed them.
    error NoContradiction();
    /// @notice Malformed or malleable.
    error InvalidSignature();
    /// @notice The signer and the key hash make another ID.
    error PeerIdMismatch(bytes20 claimed, bytes20 computed);
    /// @notice This contradiction was counted, or another report of the node is open.
    error AlreadyReported(bytes20 peerID);
    /// @notice There is no report of the node.
    error NotReported(bytes20 peerID);
    /// @notice The slash cannot be carried out yet.
    error ChallengeOpen(uint64 executableAt);
    /// @notice Only the registry's pauser and owner may; coins come from the registry alone.
    error NotGuardian(address caller);
    /// @notice A window, a penalty or a reporter's part is out of bounds.
    error InvalidParameters();

    /// @notice Freezes the node's stake on the strength of two signatures. One contradiction counts once.
    function report(Contradiction calldata contradiction) external;

    /// @notice Drops a report and thaws the node; the registry's pauser or owner may, until it is carried out.
    function dismiss(bytes20 peerID) external;

    /// @notice Takes the node's penalty from all its stake, unbonding or not: a part to the reporter, the rest is burnt.
    /// Anybody may call once the challenge window is over.
    function execute(bytes20 peerID) external;

    /// @notice The report of a node that is not carried out yet; all zero if there is none.
    function reportOf(bytes20 peerID) external view returns (Report memory);
}
