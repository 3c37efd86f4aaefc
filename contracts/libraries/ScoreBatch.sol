// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {NexusLayout} from "../NexusLayout.sol";
import {INodeNexus} from "../interfaces/INodeNexus.sol";
import {ScoreIndex} from "./ScoreIndex.sol";

/// @title Many new scores at once
/// @notice Who leaves a bucket makes room for who enters it: most moves then write two slots, the node's entry and its
/// place, where one move after the other would write four. Lengths are kept in memory and written once.
/// @dev Linked, not inlined: NodeNexus alone would pass the size limit. The loops are assembly because they run once per
/// changed node and the compiler's code for them cost 1,400 gas more at each turn. They need no look at bounds: places
/// and counts are bounded by the numbers of nodes, which have 32 bits, and scores by MAX_SCORE.
///
/// Memory, all of it from one allocation, `table` on: a word for each bucket, a word for the bandwidth of each eight
/// buckets, then the moves, two words each. A bucket's word holds its length (32 bits), above it where the last move out
/// of it is whose place nobody has taken yet (0 for none), and KNOWN once it was read. A move's first word holds the
/// node's number, its new score, and where the next move out of the same bucket is; the second the entry as it was.
library ScoreBatch {
    /// @dev How far a batch moves a score, up or down.
    uint256 internal constant MAX_STEP = 10;
    uint256 private constant MAX_SCORE = 100;
    /// @dev A change is a node's number (4 bytes) and its new score (1 byte).
    uint256 private constant CHANGE_BYTES = 5;
    /// @dev A word of totals tells of eight buckets.
    uint256 private constant WORDS = 13;
    uint256 private constant LANES = 8;
    uint256 private constant LENGTH_BITS = 24;
    uint256 private constant LENGTH_MASK = 0xffffff;
    uint256 private constant BANDWIDTH_SHIFT = 192;
    /// @dev Where the parts of a `ScoreIndex.Group` begin, and how many slots a bucket has, as a power of two.
    uint256 private constant GROUP_WORDS = 1;
    uint256 private constant GROUP_SLOTS = 14;
    uint256 private constant BUCKET_SHIFT = 29;
    /// @dev `ScoreIndex.Entry` in its slot: peer ID, position, score, region and type (16 bits together), bandwidth.
    uint256 private constant POSITION_SHIFT = 160;
    uint256 private constant SCORE_SHIFT = 192;
    uint256 private constant MARKER_SHIFT = 200;
    uint256 private constant ENTRY_BANDWIDTH_SHIFT = 216;
    uint256 private constant PLACE_MASK = 0xffffffffff0000000000000000000000000000000000000000;
    /// @dev Memory.
    uint256 private constant BANDWIDTHS = 0xd00;
    uint256 private constant MOVES = 0xea0;
    uint256 private constant MOVE_BYTES = 64;
    uint256 private constant KNOWN = 0x10000000000000000;
    uint256 private constant KNOWN_LENGTH = 0x100000000ffffffff;

    /// @notice Moves the nodes of one region and type to their new scores.
    /// @param changes Ascending by number. Who has left the group meanwhile is passed over.
    /// @return The changes with the scores that came of them: at most ten up or down from where they were.
    function apply_(
        NexusLayout.NodeNexusStorage storage $,
        uint8 region,
        uint8 nodeType,
        bytes memory changes
    ) external returns (bytes memory) {
        if (changes.length % CHANGE_BYTES != 0) revert INodeNexus.InvalidChanges(changes.length);
        ScoreIndex.Group storage group = $.groups[(uint256(region) << 8) | nodeType];
        ScoreIndex.Entry[2 ** 32] storage entries = $.entries;
        bytes memory memory_ = new bytes(MOVES + (changes.length / CHANGE_BYTES) * MOVE_BYTES);
        uint256 table;
        // solhint-disable-next-line no-inline-assembly
        assembly ("memory-safe") {
            table := add(memory_, 32)
        }
        uint256 end = _leave(group, entries, table, region | (uint256(nodeType) << 8), changes);
        _enter(group, entries, table, end);
        _close(group, entries, table);
        return changes;
    }

    /// @dev Notes who moves, and which places they leave; writes nothing to storage. A node is in the group if it is in
    /// its place: one that has left is in none, though its entry says so.
    /// @return end Where the moves end.
    function _leave(
        ScoreIndex.Group storage group,
        ScoreIndex.Entry[2 ** 32] storage entries,
        uint256 table,
        uint256 marker,
        bytes memory changes
    ) private view returns (uint256 end) {
        end = table + MOVES;
        uint256 previous = 0;
        for (uint256 offset = 0; offset < changes.length;) {
            uint256 id;
            uint256 score;
            uint256 entry;
            // solhint-disable-next-line no-inline-assembly
            assembly ("memory-safe") {
                offset := add(offset, CHANGE_BYTES)
                // The change is at the end of the word that is loaded.
                score := mload(add(changes, offset))
                id := and(shr(8, score), 0xffffffff)
                score := and(score, 0xff)
                entry := sload(add(entries.slot, id))
            }
            if (id <= previous) revert INodeNexus.UnsortedChanges(uint32(id));
            previous = id;
            score = _scoreAfter(group, table, entry, id, marker, score);
            // solhint-disable-next-line no-inline-assembly
            assembly ("memory-safe") {
                mstore8(add(add(changes, 31), offset), score)
            }
            if (score != uint8(entry >> SCORE_SHIFT)) end = _note(group, table, end, id, entry, score);
        }
    }

    /// @return score What the node gets; what it has if it is not in the group.
    function _scoreAfter(
        ScoreIndex.Group storage group,
        uint256 table,
        uint256 entry,
        uint256 id,
        uint256 marker,
        uint256 wanted
    ) private view returns (uint256 score) {
        score = uint8(entry >> SCORE_SHIFT);
        if (uint16(entry >> MARKER_SHIFT) != marker) return score;
        _know(group, table, score);
        uint256 inPlace;
        // solhint-disable-next-line no-inline-assembly
        assembly ("memory-safe") {
            let position := and(shr(POSITION_SHIFT, entry), 0xffffffff)
            if lt(position, and(mload(add(table, shl(5, score))), 0xffffffff)) {
                let lanes := sload(add(add(group.slot, GROUP_SLOTS), or(shl(BUCKET_SHIFT, score), shr(3, position))))
                inPlace := eq(and(shr(shl(5, and(position, 7)), lanes), 0xffffffff), id)
            }
        }
        if (inPlace == 0) return score;
        unchecked {
            if (wanted > MAX_SCORE) wanted = MAX_SCORE;
            if (wanted > score + MAX_STEP) return score + MAX_STEP;
            if (wanted + MAX_STEP < score) return score - MAX_STEP;
        }
        return wanted;
    }

    /// @return Where the next move goes.
    function _note(
        ScoreIndex.Group storage group,
        uint256 table,
        uint256 move,
        uint256 id,
        uint256 entry,
        uint256 score
    ) private view returns (uint256) {
        _know(group, table, score);
        // solhint-disable-next-line no-inline-assembly
        assembly ("memory-safe") {
            let old := and(shr(SCORE_SHIFT, entry), 0xff)
            let place := add(table, shl(5, old))
            let bucket := mload(place)
            mstore(place, or(and(bucket, KNOWN_LENGTH), shl(32, move)))
            mstore(move, or(or(id, shl(32, score)), shl(64, and(shr(32, bucket), 0xffffffff))))
            mstore(add(move, 32), entry)
            let from := shr(3, old)
            let to := shr(3, score)
            if xor(from, to) {
                let bandwidth := and(shr(ENTRY_BANDWIDTH_SHIFT, entry), 0xffffffff)
                place := add(add(table, BANDWIDTHS), shl(5, from))
                mstore(place, sub(mload(place), bandwidth))
                place := add(add(table, BANDWIDTHS), shl(5, to))
                mstore(place, add(mload(place), bandwidth))
            }
            move := add(move, MOVE_BYTES)
        }
        return move;
    }

    /// @dev Puts each into a place that another left, or at the end.
    function _enter(
        ScoreIndex.Group storage group,
        ScoreIndex.Entry[2 ** 32] storage entries,
        uint256 table,
        uint256 end
    ) private {
        // solhint-disable-next-line no-inline-assembly
        assembly ("memory-safe") {
            for {
                let move := add(table, MOVES)
            } lt(move, end) {
                move := add(move, MOVE_BYTES)
            } {
                let id := mload(move)
                let score := and(shr(32, id), 0xff)
                id := and(id, 0xffffffff)
                let place := add(table, shl(5, score))
                let bucket := mload(place)
                let position := and(bucket, 0xffffffff)
                let hole := and(shr(32, bucket), 0xffffffff)
                switch hole
                case 0 {
                    mstore(place, add(bucket, 1))
                }
                default {
                    mstore(place, or(or(KNOWN, position), shl(32, shr(64, mload(hole)))))
                    position := and(shr(POSITION_SHIFT, mload(add(hole, 32))), 0xffffffff)
                }
                let slot := add(add(group.slot, GROUP_SLOTS), or(shl(BUCKET_SHIFT, score), shr(3, position)))
                let shift := shl(5, and(position, 7))
                sstore(slot, or(and(sload(slot), not(shl(shift, 0xffffffff))), shl(shift, id)))
                let entry := and(mload(add(move, 32)), not(PLACE_MASK))
                sstore(add(entries.slot, id), or(entry, or(shl(POSITION_SHIFT, position), shl(SCORE_SHIFT, score))))
            }
        }
    }

    /// @dev Fills the places that nobody took with the last nodes of their buckets (nobody was appended to those), and
    /// writes the totals of all buckets that were read, eight at a time.
    function _close(ScoreIndex.Group storage group, ScoreIndex.Entry[2 ** 32] storage entries, uint256 table) private {
        uint256 occupied = group.occupied;
        uint256 updated = occupied;
        unchecked {
            for (uint256 word = 0; word < WORDS; ++word) {
                uint256 first = word * LANES;
                if (_at(table, first) == 0) continue;
                uint256 packed = _at(table + BANDWIDTHS, word);
                uint256 filled = 0;
                for (uint256 score = first + LANES; score-- > first;) {
                    uint256 bucket = _at(table, score);
                    uint256 length = uint32(bucket);
                    uint256 hole = uint32(bucket >> 32);
                    if (hole != 0) length = _closeBucket(group, entries, score, hole, length);
                    packed = (packed << LENGTH_BITS) | length;
                    filled = (filled << 1) | (length == 0 ? 0 : 1);
                }
                updated = (updated & ~(uint256(0xff) << first)) | (filled << first);
                group.words[word] = packed;
            }
        }
        if (updated != occupied) group.occupied = updated;
    }

    /// @return What is left of the bucket.
    function _closeBucket(
        ScoreIndex.Group storage group,
        ScoreIndex.Entry[2 ** 32] storage entries,
        uint256 score,
        uint256 hole,
        uint256 length
    ) private returns (uint256) {
        // solhint-disable-next-line no-inline-assembly
        assembly ("memory-safe") {
            let slots := add(add(group.slot, GROUP_SLOTS), shl(BUCKET_SHIFT, score))
            for {} hole {
                hole := shr(64, mload(hole))
            } {
                let last := 0
                let entry := 0
                // The last places may be among those that were left: their nodes have another score by now.
                for {} length {} {
                    last := sub(length, 1)
                    last := and(shr(shl(5, and(last, 7)), sload(add(slots, shr(3, last)))), 0xffffffff)
                    entry := sload(add(entries.slot, last))
                    if eq(and(shr(SCORE_SHIFT, entry), 0xff), score) {
                        break
                    }
                    length := sub(length, 1)
                }
                let position := and(shr(POSITION_SHIFT, mload(add(hole, 32))), 0xffffffff)
                if lt(position, length) {
                    length := sub(length, 1)
                    let slot := add(slots, shr(3, position))
                    let shift := shl(5, and(position, 7))
                    sstore(slot, or(and(sload(slot), not(shl(shift, 0xffffffff))), shl(shift, last)))
                    entry := and(entry, not(PLACE_MASK))
                    sstore(
                        add(entries.slot, last),
                        or(entry, or(shl(POSITION_SHIFT, position), shl(SCORE_SHIFT, score)))
                    )
                }
            }
        }
        return length;
    }

    /// @dev Reads the bucket and its neighbours, which share a slot, unless they are known.
    function _know(ScoreIndex.Group storage group, uint256 table, uint256 score) private view {
        if (_at(table, score) != 0) return;
        // solhint-disable-next-line no-inline-assembly
        assembly ("memory-safe") {
            let word := shr(3, score)
            let sums := sload(add(add(group.slot, GROUP_WORDS), word))
            mstore(add(add(table, BANDWIDTHS), shl(5, word)), shr(BANDWIDTH_SHIFT, sums))
            for {
                let place := add(table, shl(8, word))
                let end := add(place, 256)
            } lt(place, end) {
                place := add(place, 32)
            } {
                mstore(place, or(KNOWN, and(sums, LENGTH_MASK)))
                sums := shr(LENGTH_BITS, sums)
            }
        }
    }

    function _at(uint256 table, uint256 index) private pure returns (uint256 word) {
        // solhint-disable-next-line no-inline-assembly
        assembly ("memory-safe") {
            word := mload(add(table, shl(5, index)))
        }
    }
}
