// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {ECDSA} from "@openzeppelin/contracts/utils/cryptography/ECDSA.sol";
import {EIP712} from "@openzeppelin/contracts/utils/cryptography/EIP712.sol";
import {MerkleProof} from "@openzeppelin/contracts/utils/cryptography/MerkleProof.sol";
import {INodeNexus} from "./interfaces/INodeNexus.sol";
import {IReputation} from "./interfaces/IReputation.sol";

/// @title Reputation
/// @dev Holds no coins and cannot be upgraded: governance names another contract to NodeNexus instead.
contract Reputation is IReputation, EIP712 {
    bytes32 private constant BATCH_TYPEHASH = keccak256(
        "ScoreBatch(uint64 epoch,bytes32 evidenceRoot,bytes32 sectionsHash)"
    );

    INodeNexus public immutable NEXUS;
    /// @notice In seconds.
    uint64 public immutable EPOCH_LENGTH;

    /// @inheritdoc IReputation
    uint64 public lastEpoch;
    /// @inheritdoc IReputation
    mapping(uint64 epoch => bytes32 root) public evidenceRoots;

    constructor(INodeNexus nexus, uint64 epochLength) EIP712("ShadowMesh Reputation", "1") {
        if (epochLength == 0) revert InvalidEpochLength();
        NEXUS = nexus;
        EPOCH_LENGTH = epochLength;
    }

    /// @inheritdoc IReputation
    function submit(Batch calldata batch, Signature[] calldata signatures) external {
        (uint64 epoch, bytes32 root) = (batch.epoch, batch.evidenceRoot);
        uint64 current = currentEpoch();
        // Were any epoch since the last one good, a pile of them would move a score all the way in one block.
        if (epoch <= lastEpoch || epoch > current || current - epoch > 1) {
            revert EpochOutOfTurn(epoch, lastEpoch, current);
        }
        _requireAscending(batch.sections);
        _requireQuorum(hashBatch(batch), signatures);

        (lastEpoch, evidenceRoots[epoch]) = (epoch, root);
        emit ScoresSubmitted(epoch, root, signatures.length, msg.sender);
        for (uint256 i = 0; i < batch.sections.length; ++i) {
            Section calldata section = batch.sections[i];
            NEXUS.applyScores(section.region, section.nodeType, section.changes);
        }
    }

    /// @inheritdoc IReputation
    function verifyEvidence(uint64 epoch, bytes calldata probe, bytes32[] calldata proof) external view returns (bool) {
        bytes32 root = evidenceRoots[epoch];
        // Hashed twice, so that no inner node of the tree passes for a leaf.
        bytes32 leaf = keccak256(bytes.concat(keccak256(probe)));
        return root != bytes32(0) && MerkleProof.verifyCalldata(proof, root, leaf);
    }

    /// @inheritdoc IReputation
    function hashBatch(Batch calldata batch) public view returns (bytes32) {
        bytes32 sectionsHash = keccak256(abi.encode(batch.sections));
        return _hashTypedDataV4(keccak256(abi.encode(BATCH_TYPEHASH, batch.epoch, batch.evidenceRoot, sectionsHash)));
    }

    /// @inheritdoc IReputation
    function quorum() public view returns (uint256) {
        return (NEXUS.backboneCount() * 2) / 3 + 1;
    }

    /// @inheritdoc IReputation
    function currentEpoch() public view returns (uint64) {
        return uint64(block.timestamp) / EPOCH_LENGTH;
    }

    /// @dev A group that came twice would move by twice ten points.
    function _requireAscending(Section[] calldata sections) private pure {
        for (uint256 i = 1; i < sections.length; ++i) {
            (bytes32 before, bytes32 region) = (sections[i - 1].region, sections[i].region);
            bool ascends = region == before ? sections[i].nodeType > sections[i - 1].nodeType : region > before;
            if (!ascends) revert SectionsUnsorted(i);
        }
    }

    function _requireQuorum(bytes32 digest, Signature[] calldata signatures) private view {
        uint256 needed = quorum();
        if (signatures.length < needed) revert QuorumNotReached(signatures.length, needed);
        bytes20 previous = bytes20(0);
        for (uint256 i = 0; i < signatures.length; ++i) {
            (address signer, ECDSA.RecoverError failure, ) = ECDSA.tryRecover(
                digest,
                signatures[i].r,
                signatures[i].vs
            );
            if (failure != ECDSA.RecoverError.NoError) revert InvalidSignature(i);
            bytes20 peerID = bytes20(keccak256(abi.encodePacked(signer, signatures[i].mlDsaKeyHash)));
            if (peerID <= previous) revert SignersUnsorted(peerID);
            previous = peerID;
            if (!NEXUS.isBackbone(peerID)) revert NotABackbone(peerID);
        }
    }
}
