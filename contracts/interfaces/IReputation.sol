// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {INodeNexus} from "./INodeNexus.sol";

/// @title Scores by a quorum of backbones, with the root of the evidence behind them
/// @notice Once per epoch, more than two thirds of the BACKBONE_AUTH nodes sign which scores changed and the Merkle root
/// of the signed probes that say why. Anybody hands it in, and anybody checks a probe against the root.
/// @dev EIP-712 domain: name "ShadowMesh Reputation", version "1", this chain, this contract. Signed is
/// ScoreBatch(uint64 epoch,bytes32 evidenceRoot,bytes32 sectionsHash), where sectionsHash is keccak256(abi.encode(sections)).
interface IReputation {
    /// @notice The nodes of one region and type whose scores changed.
    struct Section {
        bytes32 region;
        INodeNexus.NodeType nodeType;
        /// For each node, ascending: its number (4 bytes) and its new score (1 byte).
        bytes changes;
    }

    struct Batch {
        /// Unix time divided by the epoch's length.
        uint64 epoch;
        /// Root of the Merkle tree over keccak256(keccak256(probe)), pairs sorted (OpenZeppelin's standard tree).
        bytes32 evidenceRoot;
        /// Ascending by region, then by type.
        Section[] sections;
    }

    /// @notice A backbone's signature, in short form (EIP-2098), and what makes its peer ID of its address.
    struct Signature {
        bytes32 mlDsaKeyHash;
        bytes32 r;
        bytes32 vs;
    }

    /// @notice An epoch's scores were applied, signed by so many.
    event ScoresSubmitted(uint64 indexed epoch, bytes32 evidenceRoot, uint256 signers, address submitter);

    /// @notice The epoch was served, has not begun, or ended more than one epoch ago.
    error EpochOutOfTurn(uint64 epoch, uint64 last, uint64 current);
    /// @notice Sections must be sorted by region and type, so that none comes twice; the one at that place is not.
    error SectionsUnsorted(uint256 index);
    /// @notice An epoch lasts a second at least.
    error InvalidEpochLength();
    /// @notice Not more than two thirds signed.
    error QuorumNotReached(uint256 signers, uint256 needed);
    /// @notice Signatures must be sorted by peer ID, ascending, so that none counts twice.
    error SignersUnsorted(bytes20 peerID);
    /// @notice The signature at that place is malformed or malleable.
    error InvalidSignature(uint256 index);
    /// @notice The signer is no active BACKBONE_AUTH node of an approved operator.
    error NotABackbone(bytes20 peerID);

    /// @notice Applies the scores of one epoch, the one that runs or the one before; anybody may call. A score moves by
    /// ten at most. An epoch that nobody hands in by then is passed over.
    function submit(Batch calldata batch, Signature[] calldata signatures) external;

    /// @return Whether the probe is part of the epoch's evidence.
    function verifyEvidence(uint64 epoch, bytes calldata probe, bytes32[] calldata proof) external view returns (bool);

    /// @return What the backbones sign.
    function hashBatch(Batch calldata batch) external view returns (bytes32);

    /// @return How many must sign.
    function quorum() external view returns (uint256);

    /// @notice The root of an epoch's evidence; zero if none was handed in.
    function evidenceRoots(uint64 epoch) external view returns (bytes32);

    /// @notice The last epoch whose scores were applied.
    function lastEpoch() external view returns (uint64);

    /// @notice The epoch that runs.
    function currentEpoch() external view returns (uint64);
}
