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

    event Reported(
        bytes20 indexed peerID,
        address indexed reporter,
        bytes32 topic,
        uint64 sequence,
        uint64 executableAt
    );
    event Dismissed(bytes20 indexed peerID, address indexed by);
    event Executed(bytes20 indexed peerID, address indexed reporter, uint256 toReporter, uint256 burnt);

    error NoContradiction();
    error InvalidSignature();
    error PeerIdMismatch(bytes20 claimed, bytes20 computed);
    error AlreadyReported(bytes20 peerID);
    error NotReported(bytes20 peerID);
    error ChallengeOpen(uint64 executableAt);
    error NotGuardian(address caller);
    error InvalidParameters();

    /// @notice Freezes the node's stake on the strength of two signatures. One contradiction counts once.
    function report(Contradiction calldata contradiction) external;

    /// @notice Drops a report and thaws the node; the registry's pauser or owner may, until it is carried out.
    function dismiss(bytes20 peerID) external;

    /// @notice Takes the node's penalty from all its stake, unbonding or not: a part to the reporter, the rest is burnt.
    /// Anybody may call once the challenge window is over.
    function execute(bytes20 peerID) external;

    function reportOf(bytes20 peerID) external view returns (Report memory);
}
