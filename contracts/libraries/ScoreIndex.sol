// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {INodeNexus} from "../interfaces/INodeNexus.sol";

/// @title An index of nodes by score whose cost does not depend on how many there are
/// @notice A group (the nodes of one region and type) keeps one bucket per score from 0 to 100 and a bitmap of the
/// buckets that hold anything. Joining, leaving and changing the score are O(1), the best k nodes O(k).
/// @dev Buckets hold 32-bit node numbers, eight to a slot, and are emptied by swap and pop. A number left beyond a
/// bucket's length is not erased: rewriting a slot that is not zero costs a quarter of filling a fresh one.
library ScoreIndex {
    uint8 internal constant MAX_SCORE = 100;

    /// @dev Both a bucket slot and a word of lengths hold eight 32-bit lanes.
    uint256 private constant LANES = 8;

    /// @notice A node as the index knows it; the whole of it is one slot.
    struct Entry {
        bytes20 peerID;
        /// Place in its bucket; of no meaning once the node has left.
        uint32 position;
        uint8 score;
        // What follows is not used here: it shares the slot because whoever moves a node reads it as well.
        uint8 region;
        INodeNexus.NodeType nodeType;
        uint32 bandwidthMbps;
    }

    struct Group {
        /// Bit s is set while bucket s holds a node.
        uint256 occupied;
        /// score / 8 → lengths of eight buckets.
        mapping(uint256 word => uint256) lengths;
        /// score ‖ position / 8 → eight node numbers.
        mapping(uint256 slot => uint256) slots;
    }

    error ScoreTooHigh(uint8 score, uint8 maximum);

    // ── Changes ──

    /// @notice Puts a node that is in no bucket at the end of one.
    /// @return position What the caller must store in the node's entry, along with the score.
    function append(Group storage group, uint32 id, uint8 score) internal returns (uint32 position) {
        if (score > MAX_SCORE) revert ScoreTooHigh(score, MAX_SCORE);
        uint256 word = score / LANES;
        uint256 lengths = group.lengths[word];
        position = _lane(lengths, score);
        if (position == 0) group.occupied |= 1 << score;
        uint256 slot = _slot(score, position);
        group.slots[slot] = _withLane(group.slots[slot], position, id);
        group.lengths[word] = _withLane(lengths, score, position + 1);
    }

    /// @notice Takes a node out of its bucket; the last one takes its place.
    function remove(
        Group storage group,
        mapping(uint32 id => Entry) storage entries,
        uint8 score,
        uint32 position
    ) internal {
        uint256 word = score / LANES;
        uint256 lengths = group.lengths[word];
        uint32 last = _lane(lengths, score) - 1;
        if (position != last) {
            uint32 moved = _lane(group.slots[_slot(score, last)], last);
            uint256 slot = _slot(score, position);
            group.slots[slot] = _withLane(group.slots[slot], position, moved);
            entries[moved].position = position;
        }
        group.lengths[word] = _withLane(lengths, score, last);
        if (last == 0) group.occupied &= ~(1 << score);
    }

    /// @notice Moves a node to the bucket of its new score.
    function rescore(
        Group storage group,
        mapping(uint32 id => Entry) storage entries,
        uint32 id,
        uint8 newScore
    ) internal {
        Entry storage entry = entries[id];
        (uint8 oldScore, uint32 position) = (entry.score, entry.position);
        if (newScore == oldScore) return;
        remove(group, entries, oldScore, position);
        (entry.score, entry.position) = (newScore, append(group, id, newScore));
    }

    // ── Parts of a batch: see ScoreBatch ──

    /// @notice Puts a node in the place of another.
    function put(Group storage group, uint8 score, uint32 position, uint32 id) internal {
        uint256 slot = _slot(score, position);
        group.slots[slot] = _withLane(group.slots[slot], position, id);
    }

    /// @notice Forgets the places of a bucket from `length` on.
    function truncate(Group storage group, uint8 score, uint32 length) internal {
        uint256 word = score / LANES;
        group.lengths[word] = _withLane(group.lengths[word], score, length);
        if (length == 0) group.occupied &= ~(1 << score);
    }

    function idAt(Group storage group, uint8 score, uint32 position) internal view returns (uint32) {
        return _lane(group.slots[_slot(score, position)], position);
    }

    // ── Look-ups ──

    function lengthAt(Group storage group, uint8 score) internal view returns (uint32) {
        return _lane(group.lengths[score / LANES], score);
    }

    /// @notice How many nodes the group has.
    function count(Group storage group) internal view returns (uint256 total) {
        for (uint256 word = 0; word <= MAX_SCORE / LANES; ++word) {
            uint256 lengths = group.lengths[word];
            for (; lengths != 0; lengths >>= 32) total += uint32(lengths);
        }
    }

    /// @notice Numbers of the nodes with a score of at least `floor`, best first, from place `offset` on.
    /// @param seed Picks where in each bucket the list starts.
    /// @return ids At most `limit`.
    function best(
        Group storage group,
        uint8 floor,
        uint256 offset,
        uint256 limit,
        uint256 seed
    ) internal view returns (uint32[] memory ids) {
        uint256 buckets = (group.occupied >> floor) << floor;
        uint256 wanted = Math.saturatingAdd(offset, limit);
        uint256 available = _countUpTo(group, buckets, wanted);
        if (available <= offset) return ids;

        ids = new uint32[](Math.min(available, wanted) - offset);
        uint256 found = 0;
        while (found < ids.length) {
            uint8 score = uint8(Math.log2(buckets));
            buckets ^= 1 << score;
            uint256 length = lengthAt(group, score);
            if (offset >= length) {
                offset -= length;
                continue;
            }
            uint256 taken = Math.min(length - offset, ids.length - found);
            _copy(group, score, ((seed % length) + offset) % length, length, ids, found, taken);
            found += taken;
            offset = 0;
        }
    }

    /// @dev Counts the nodes in `buckets`, best first, and stops once there are `enough`.
    function _countUpTo(Group storage group, uint256 buckets, uint256 enough) private view returns (uint256 available) {
        while (buckets != 0 && available < enough) {
            uint8 score = uint8(Math.log2(buckets));
            buckets ^= 1 << score;
            available += lengthAt(group, score);
        }
    }

    /// @dev Copies `taken` numbers of a bucket, from `position` on and round its end, to `ids[found]` and after.
    function _copy(
        Group storage group,
        uint8 score,
        uint256 position,
        uint256 length,
        uint32[] memory ids,
        uint256 found,
        uint256 taken
    ) private view {
        uint256 lanes = group.slots[_slot(score, position)];
        unchecked {
            for (uint256 end = found + taken; found < end; ++found) {
                ids[found] = _lane(lanes, position);
                if (++position == length) position = 0;
                if (position % LANES == 0 && found + 1 < end) lanes = group.slots[_slot(score, position)];
            }
        }
    }

    // ── Lanes ──

    function _slot(uint8 score, uint256 position) private pure returns (uint256) {
        return (uint256(score) << 32) | (position / LANES);
    }

    function _lane(uint256 lanes, uint256 index) private pure returns (uint32) {
        unchecked {
            return uint32(lanes >> ((index % LANES) * 32));
        }
    }

    function _withLane(uint256 lanes, uint256 index, uint32 value) private pure returns (uint256) {
        unchecked {
            uint256 shift = (index % LANES) * 32;
            return (lanes & ~(uint256(type(uint32).max) << shift)) | (uint256(value) << shift);
        }
    }
}
