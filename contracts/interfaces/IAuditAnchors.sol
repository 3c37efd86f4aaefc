// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

/// @title The heads of the backbones' audit logs
/// @notice A backbone brings the head of its audit log on chain now and then. From then on nobody who rules its database,
/// not even its operator, can change an event before that without everybody seeing it.
/// @dev A head is the size and the root of a Merkle tree as RFC 6962 has it, hashed by SHA-256.
interface IAuditAnchors {
    struct Head {
        bytes32 root;
        /// Events in the log.
        uint64 size;
        /// When it was brought on chain, in Unix seconds; 0 where none ever was.
        uint64 anchoredAt;
    }

    /// @notice A backbone's log has so many events and this root. A size below the previous one is a log that was cut.
    event Anchored(bytes20 indexed peerID, uint64 size, bytes32 root, uint64 previousSize);

    /// @notice The caller, with this key hash, is no active BACKBONE_AUTH node of an approved operator.
    error NotABackbone(bytes20 peerID);

    /// @notice Keeps the head of the caller's log; for the node key of a backbone, for itself alone.
    /// @param mlDsaKeyHash keccak256 of the node's ML-DSA-87 public key: with the caller it makes the peer ID.
    function anchor(bytes32 mlDsaKeyHash, uint64 size, bytes32 root) external;

    /// @notice A backbone's last head, also after it has left.
    function headOf(bytes20 peerID) external view returns (Head memory);
}
