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

    /// @dev A bucket slot holds eight node numbers of 32 bits; a word of totals holds the lengths of eight buckets, 24
    /// bits each, and above them the bandwidth of all their nodes.
    uint256 private constant LANES = 8;
    uint256 private constant LENGTH_BITS = 24;
    uint256 private constant MAX_LENGTH = 2 ** LENGTH_BITS - 1;
    uint256 private constant BANDWIDTH_SHIFT = LANES * LENGTH_BITS;

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
        /// score / 8 → lengths and bandwidth of eight buckets.
        uint256[13] words;
        /// score ‖ position / 8 → eight node numbers. Consecutive, which spares a hash at each access.
        uint256[101 * 2 ** 29] slots;
    }

    error ScoreTooHigh(uint8 score, uint8 maximum);
    error BucketFull(uint8 score);

    // ── Changes ──

    /// @notice Puts a node that is in no bucket at the end of one.
    /// @return position What the caller must store in the node's entry, along with the score.
    function append(
        Group storage group,
        uint32 id,
        uint8 score,
        uint32 bandwidthMbps
    ) internal returns (uint32 position) {
        if (score > MAX_SCORE) revert ScoreTooHigh(score, MAX_SCORE);
        uint256 sums = group.words[score / LANES];
        position = lengthIn(sums, score);
        if (position == MAX_LENGTH) revert BucketFull(score);
        if (position == 0) group.occupied |= 1 << score;
        _write(group, _slot(score, position), position, id);
        unchecked {
            group.words[score / LANES] = sums + _one(score) + (uint256(bandwidthMbps) << BANDWIDTH_SHIFT);
        }
    }

    /// @notice Takes a node out of its bucket; the last one takes its place.
    function remove(
        Group storage group,
        Entry[2 ** 32] storage entries,
        uint8 score,
        uint32 position,
        uint32 bandwidthMbps
    ) internal {
        uint256 sums = group.words[score / LANES];
        unchecked {
            uint32 last = lengthIn(sums, score) - 1;
            if (position != last) {
                uint32 moved = idAt(group, score, last);
                _write(group, _slot(score, position), position, moved);
                entries[moved].position = position;
            }
            group.words[score / LANES] = sums - _one(score) - (uint256(bandwidthMbps) << BANDWIDTH_SHIFT);
            if (last == 0) group.occupied &= ~(1 << score);
        }
    }

    /// @notice Notes another bandwidth of a node in a bucket.
    function setBandwidth(Group storage group, uint8 score, uint32 oldMbps, uint32 newMbps) internal {
        unchecked {
            group.words[score / LANES] += (uint256(newMbps) - uint256(oldMbps)) << BANDWIDTH_SHIFT;
        }
    }

    function idAt(Group storage group, uint256 score, uint256 position) internal view returns (uint32) {
        return _lane(_read(group, _slot(score, position)), position);
    }

    // ── Look-ups ──

    function lengthAt(Group storage group, uint256 score) internal view returns (uint32) {
        return lengthIn(group.words[score / LANES], score);
    }

    /// @notice How many nodes the group has, and how much bandwidth they have together.
    function totals(Group storage group) internal view returns (uint256 count, uint256 bandwidthMbps) {
        for (uint256 word = 0; word <= MAX_SCORE / LANES; ++word) {
            uint256 packed = group.words[word];
            bandwidthMbps += packed >> BANDWIDTH_SHIFT;
            for (uint256 lane = 0; lane < LANES; ++lane) count += lengthIn(packed, lane);
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
        uint256 lanes = _read(group, _slot(score, position));
        unchecked {
            for (uint256 end = found + taken; found < end; ++found) {
                ids[found] = _lane(lanes, position);
                if (++position == length) position = 0;
                if (position % LANES == 0 && found + 1 < end) lanes = _read(group, _slot(score, position));
            }
        }
    }

    // ── Lanes ──

    /// @dev Without a look at the bounds: scores and positions have their own.
    function _read(Group storage group, uint256 slot) private view returns (uint256 lanes) {
        uint256[101 * 2 ** 29] storage slots = group.slots;
        // solhint-disable-next-line no-inline-assembly
        assembly ("memory-safe") {
            lanes := sload(add(slots.slot, slot))
        }
    }

    function _write(Group storage group, uint256 slot, uint256 index, uint256 id) private {
        uint256[101 * 2 ** 29] storage slots = group.slots;
        uint256 shift = (index % LANES) * 32;
        // solhint-disable-next-line no-inline-assembly
        assembly ("memory-safe") {
            let place := add(slots.slot, slot)
            sstore(place, or(and(sload(place), not(shl(shift, 0xffffffff))), shl(shift, id)))
        }
    }

    function _slot(uint256 score, uint256 position) private pure returns (uint256) {
        return (score << 29) | (position / LANES);
    }

    function lengthIn(uint256 sums, uint256 score) internal pure returns (uint32) {
        unchecked {
            return uint32((sums >> ((score % LANES) * LENGTH_BITS)) & MAX_LENGTH);
        }
    }

    /// @dev A length of one in the bucket's lane.
    function _one(uint256 score) private pure returns (uint256) {
        unchecked {
            return 1 << ((score % LANES) * LENGTH_BITS);
        }
    }

    function _lane(uint256 lanes, uint256 index) private pure returns (uint32) {
        unchecked {
            return uint32(lanes >> ((index % LANES) * 32));
        }
    }
}
