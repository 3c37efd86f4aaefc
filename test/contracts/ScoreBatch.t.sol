// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {NexusLayout} from "../../contracts/NexusLayout.sol";
import {INodeNexus} from "../../contracts/interfaces/INodeNexus.sol";
import {ScoreBatch} from "../../contracts/libraries/ScoreBatch.sol";
import {ScoreIndex} from "../../contracts/libraries/ScoreIndex.sol";

/// @notice Fuzzes batches: whatever moves at once, every node stands where its score says, and nowhere else.
contract ScoreBatchTest is NexusLayout {
    using ScoreIndex for ScoreIndex.Group;

    uint8 private constant REGION = 3;
    uint8 private constant TYPE = 2;
    uint32 private constant NODES = 60;

    error Broken(string what, uint256 where);

    /// @dev Each word of `batches` seeds one batch; a narrow range of scores makes crowded buckets.
    function testFuzz_keepsEveryNodeInTheBucketOfItsScore(uint256[6] memory batches, uint8 span) external {
        uint8 range = 1 + (span % 30);
        ScoreIndex.Group storage group = _group();
        uint8[] memory scores = new uint8[](NODES + 1);
        for (uint32 id = 1; id <= NODES; ++id) {
            scores[id] = uint8(40 + (uint256(keccak256(abi.encode(batches[0], id))) % range));
            _add(group, id, scores[id]);
        }
        for (uint256 i = 0; i < batches.length; ++i) {
            bytes memory changes;
            for (uint32 id = 1; id <= NODES; ++id) {
                uint256 dice = uint256(keccak256(abi.encode(batches[i], i, id)));
                if (dice % 3 == 0) continue;
                uint8 wanted = uint8(40 + ((dice >> 8) % range));
                changes = abi.encodePacked(changes, id, wanted);
                scores[id] = _capped(scores[id], wanted);
            }
            ScoreBatch.apply_(_storage(), REGION, TYPE, changes);
            _requireIndex(group, scores);
        }
    }

    function testFuzz_passesOverWhoIsNotThere(uint256 seed) external {
        ScoreIndex.Group storage group = _group();
        uint8[] memory scores = new uint8[](NODES + 1);
        for (uint32 id = 1; id <= NODES; ++id) {
            scores[id] = 50;
            _add(group, id, 50);
        }
        bytes memory changes;
        uint256 gone = 0;
        for (uint32 id = 1; id <= NODES; ++id) {
            uint256 dice = uint256(keccak256(abi.encode(seed, id)));
            if (dice % 4 == 0) {
                ScoreIndex.Entry storage entry = _storage().entries[id];
                group.remove(_storage().entries, 50, entry.position, entry.bandwidthMbps);
                scores[id] = type(uint8).max;
                ++gone;
            } else {
                scores[id] = uint8(45 + (dice % 10));
            }
            changes = abi.encodePacked(changes, id, uint8(45 + (dice % 10)));
        }
        ScoreBatch.apply_(_storage(), REGION, TYPE, abi.encodePacked(changes, uint32(NODES + 7), uint8(60)));
        (uint256 count, ) = group.totals();
        if (count != NODES - gone) revert Broken("count", count);
        _requireIndex(group, scores);
    }

    function _requireIndex(ScoreIndex.Group storage group, uint8[] memory scores) private view {
        (uint256 total, uint256 bandwidth) = (0, 0);
        for (uint32 id = 1; id <= NODES; ++id) {
            if (scores[id] == type(uint8).max) continue;
            ++total;
            bandwidth += id;
            ScoreIndex.Entry storage entry = _storage().entries[id];
            if (entry.score != scores[id]) revert Broken("score", id);
            if (entry.region != REGION || entry.bandwidthMbps != id) revert Broken("entry", id);
            if (entry.position >= group.lengthAt(entry.score)) revert Broken("position", id);
            if (group.idAt(entry.score, entry.position) != id) revert Broken("place", id);
        }
        (uint256 count, uint256 bandwidthMbps) = group.totals();
        if (count != total) revert Broken("count", total);
        if (bandwidthMbps != bandwidth) revert Broken("bandwidth", bandwidthMbps);
        for (uint8 score = 0; score <= 100; ++score) {
            if (((group.occupied >> score) & 1 == 1) != (group.lengthAt(score) != 0)) revert Broken("bitmap", score);
        }
    }

    function _add(ScoreIndex.Group storage group, uint32 id, uint8 score) private {
        _storage().entries[id] = ScoreIndex.Entry({
            peerID: bytes20(uint160(id)),
            position: group.append(id, score, id),
            score: score,
            region: REGION,
            nodeType: INodeNexus.NodeType(TYPE),
            bandwidthMbps: id
        });
    }

    function _group() private view returns (ScoreIndex.Group storage) {
        return _storage().groups[(uint256(REGION) << 8) | TYPE];
    }

    function _capped(uint8 old, uint8 wanted) private pure returns (uint8) {
        if (wanted > old + 10) return old + 10;
        if (wanted + 10 < old) return old - 10;
        return wanted;
    }
}
