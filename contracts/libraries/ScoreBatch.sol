// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {NexusLayout} from "../NexusLayout.sol";
import {INodeNexus} from "../interfaces/INodeNexus.sol";
import {ScoreIndex} from "./ScoreIndex.sol";

/// @title Many new scores at once
/// @notice Who leaves a bucket makes room for who enters it: most moves then write two slots, the node's entry and its
/// place, where one move after the other would write four. Lengths are kept in memory and written once.
/// @dev Linked, not inlined: NodeNexus alone would pass the size limit. Unchecked: positions and counts are bounded by
/// the numbers of nodes, which have 32 bits.
library ScoreBatch {
    using ScoreIndex for ScoreIndex.Group;

    /// @dev How far a batch moves a score, up or down.
    uint256 internal constant MAX_STEP = 10;
    /// @dev A change is a node's number (4 bytes) and its new score (1 byte).
    uint256 private constant CHANGE_BYTES = 5;
    uint256 private constant BUCKETS = 101;
    /// @dev A word tells of eight buckets.
    uint256 private constant WORDS = 13;
    /// @dev `ScoreIndex.Entry` in its slot: peer ID, position, score, region and type (16 bits together), bandwidth.
    uint256 private constant POSITION_SHIFT = 160;
    uint256 private constant SCORE_SHIFT = 192;
    uint256 private constant GROUP_SHIFT = 200;
    uint256 private constant ENTRY_BANDWIDTH_SHIFT = 216;
    uint256 private constant PLACE_MASK = uint256(0xffffffffff) << POSITION_SHIFT;
    /// @dev A move in one word: the node's number, its new score, and the next move out of the same bucket, from 1.
    uint256 private constant MOVE_SCORE_SHIFT = 32;
    uint256 private constant MOVE_NEXT_SHIFT = 64;

    /// @dev What a batch knows in memory.
    struct Batch {
        /// Moves, and the entries of their nodes as they were.
        uint256[] moves;
        uint256[] entries;
        uint256 count;
        /// By score: the last move out of the bucket whose place nobody has taken yet, counted from 1.
        uint256[] holes;
        /// By score, and by eight scores: those whose bit of `known` is set.
        uint256[] lengths;
        uint256[] bandwidths;
        uint256 known;
    }

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
        uint256 length = changes.length / CHANGE_BYTES;
        Batch memory batch = Batch({
            moves: new uint256[](length),
            entries: new uint256[](length),
            count: 0,
            holes: new uint256[](BUCKETS),
            lengths: new uint256[](WORDS * ScoreIndex.LANES),
            bandwidths: new uint256[](WORDS),
            known: 0
        });
        _leave($, group, batch, region | (uint256(nodeType) << 8), changes);
        _enter($, group, batch);
        _close($, group, batch);
        group.setTotals(batch.lengths, batch.bandwidths, batch.known);
        return changes;
    }

    /// @dev Notes who moves, and which places they leave; writes nothing to storage.
    function _leave(
        NexusLayout.NodeNexusStorage storage $,
        ScoreIndex.Group storage group,
        Batch memory batch,
        uint256 marker,
        bytes memory changes
    ) private view {
        uint256 total = batch.moves.length;
        uint256 previous = 0;
        unchecked {
            for (uint256 i = 0; i < total; ++i) {
                (uint256 id, uint256 score) = _changeAt(changes, i);
                if (id <= previous) revert INodeNexus.UnsortedChanges(uint32(id));
                previous = id;
                uint256 entry = _load($.entries, id);
                uint256 old = uint8(entry >> SCORE_SHIFT);
                score = _isPresent(group, batch, entry, marker, id) ? _capped(old, score) : old;
                _setScoreAt(changes, i, score);
                if (score == old) continue;
                _know(group, batch, score);
                _note(batch, id, entry, score);
            }
        }
    }

    /// @dev Whether the node is in the group: one that has left is in no place of it, though its entry says so.
    function _isPresent(
        ScoreIndex.Group storage group,
        Batch memory batch,
        uint256 entry,
        uint256 marker,
        uint256 id
    ) private view returns (bool) {
        if (uint16(entry >> GROUP_SHIFT) != marker) return false;
        uint256 score = uint8(entry >> SCORE_SHIFT);
        uint256 position = uint32(entry >> POSITION_SHIFT);
        _know(group, batch, score);
        return position < _at(batch.lengths, score) && group.idAt(score, position) == id;
    }

    function _note(Batch memory batch, uint256 id, uint256 entry, uint256 score) private pure {
        uint256[] memory holes = batch.holes;
        uint256 old = uint8(entry >> SCORE_SHIFT);
        uint256 index = batch.count;
        _put(batch.moves, index, id | (score << MOVE_SCORE_SHIFT) | (_at(holes, old) << MOVE_NEXT_SHIFT));
        _put(batch.entries, index, entry);
        unchecked {
            _put(holes, old, index + 1);
            batch.count = index + 1;
            (uint256 from, uint256 to) = (old / ScoreIndex.LANES, score / ScoreIndex.LANES);
            if (from == to) return;
            uint256 bandwidth = uint32(entry >> ENTRY_BANDWIDTH_SHIFT);
            _put(batch.bandwidths, from, _at(batch.bandwidths, from) - bandwidth);
            _put(batch.bandwidths, to, _at(batch.bandwidths, to) + bandwidth);
        }
    }

    /// @dev Puts each into a place that another left, or at the end.
    function _enter(
        NexusLayout.NodeNexusStorage storage $,
        ScoreIndex.Group storage group,
        Batch memory batch
    ) private {
        uint256 count = batch.count;
        unchecked {
            for (uint256 i = 0; i < count; ++i) {
                uint256 move = _at(batch.moves, i);
                uint256 score = uint8(move >> MOVE_SCORE_SHIFT);
                uint256 position = _takePlace(batch, score);
                group.put(score, position, uint32(move));
                _store($.entries, uint32(move), _withPlace(_at(batch.entries, i), position, score));
            }
        }
    }

    function _takePlace(Batch memory batch, uint256 score) private pure returns (uint256 position) {
        uint256 hole = _at(batch.holes, score);
        unchecked {
            if (hole == 0) {
                position = _at(batch.lengths, score);
                _put(batch.lengths, score, position + 1);
            } else {
                position = uint32(_at(batch.entries, hole - 1) >> POSITION_SHIFT);
                _put(batch.holes, score, _at(batch.moves, hole - 1) >> MOVE_NEXT_SHIFT);
            }
        }
    }

    /// @dev Fills the places that nobody took with the last nodes of their buckets. Nobody was appended to those.
    function _close(
        NexusLayout.NodeNexusStorage storage $,
        ScoreIndex.Group storage group,
        Batch memory batch
    ) private {
        (uint256[] memory holes, uint256[] memory lengths) = (batch.holes, batch.lengths);
        unchecked {
            for (uint256 score = 0; score < BUCKETS; ++score) {
                uint256 hole = _at(holes, score);
                if (hole != 0) _put(lengths, score, _closeBucket($, group, batch, score, hole));
            }
        }
    }

    /// @return length What is left of the bucket.
    function _closeBucket(
        NexusLayout.NodeNexusStorage storage $,
        ScoreIndex.Group storage group,
        Batch memory batch,
        uint256 score,
        uint256 hole
    ) private returns (uint256 length) {
        length = _at(batch.lengths, score);
        unchecked {
            for (; hole != 0; hole = _at(batch.moves, hole - 1) >> MOVE_NEXT_SHIFT) {
                uint256 last;
                uint256 entry;
                // The last places may be among those that were left: their nodes have another score by now.
                while (length != 0) {
                    last = group.idAt(score, length - 1);
                    entry = _load($.entries, last);
                    if (uint8(entry >> SCORE_SHIFT) == score) break;
                    --length;
                }
                uint256 position = uint32(_at(batch.entries, hole - 1) >> POSITION_SHIFT);
                if (position >= length) continue;
                --length;
                group.put(score, position, last);
                _store($.entries, last, _withPlace(entry, position, score));
            }
        }
    }

    // ── Small ──

    /// @dev Reads the lengths of the bucket and its neighbours, which share a slot, unless they are known.
    function _know(ScoreIndex.Group storage group, Batch memory batch, uint256 score) private view {
        unchecked {
            uint256 word = score / ScoreIndex.LANES;
            if ((batch.known >> word) & 1 == 1) return;
            batch.known |= 1 << word;
            uint256 sums = group.words[word];
            _put(batch.bandwidths, word, sums >> ScoreIndex.BANDWIDTH_SHIFT);
            uint256 first = word * ScoreIndex.LANES;
            for (uint256 i = 0; i < ScoreIndex.LANES; ++i) {
                _put(batch.lengths, first + i, ScoreIndex.lengthIn(sums, i));
            }
        }
    }

    function _capped(uint256 old, uint256 wanted) private pure returns (uint256) {
        unchecked {
            if (wanted > ScoreIndex.MAX_SCORE) wanted = ScoreIndex.MAX_SCORE;
            if (wanted > old + MAX_STEP) return old + MAX_STEP;
            if (wanted + MAX_STEP < old) return old - MAX_STEP;
            return wanted;
        }
    }

    function _withPlace(uint256 entry, uint256 position, uint256 score) private pure returns (uint256) {
        return (entry & ~PLACE_MASK) | (position << POSITION_SHIFT) | (score << SCORE_SHIFT);
    }

    function _changeAt(bytes memory changes, uint256 index) private pure returns (uint256 id, uint256 score) {
        // solhint-disable-next-line no-inline-assembly
        assembly ("memory-safe") {
            let change := shr(216, mload(add(add(changes, 32), mul(index, CHANGE_BYTES))))
            id := shr(8, change)
            score := and(change, 0xff)
        }
    }

    function _setScoreAt(bytes memory changes, uint256 index, uint256 score) private pure {
        // solhint-disable-next-line no-inline-assembly
        assembly ("memory-safe") {
            mstore8(add(add(changes, 36), mul(index, CHANGE_BYTES)), score)
        }
    }

    /// @dev Without a look at the length: each index here comes of a loop or a score within it.
    function _at(uint256[] memory words, uint256 index) private pure returns (uint256 word) {
        // solhint-disable-next-line no-inline-assembly
        assembly ("memory-safe") {
            word := mload(add(add(words, 32), shl(5, index)))
        }
    }

    function _put(uint256[] memory words, uint256 index, uint256 word) private pure {
        // solhint-disable-next-line no-inline-assembly
        assembly ("memory-safe") {
            mstore(add(add(words, 32), shl(5, index)), word)
        }
    }

    /// @dev An entry as one word: unpacking and packing its six fields would cost more than it tells.
    function _load(ScoreIndex.Entry[2 ** 32] storage entries, uint256 id) private view returns (uint256 word) {
        // solhint-disable-next-line no-inline-assembly
        assembly ("memory-safe") {
            word := sload(add(entries.slot, id))
        }
    }

    function _store(ScoreIndex.Entry[2 ** 32] storage entries, uint256 id, uint256 word) private {
        // solhint-disable-next-line no-inline-assembly
        assembly ("memory-safe") {
            sstore(add(entries.slot, id), word)
        }
    }
}
