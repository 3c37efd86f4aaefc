// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {NexusLayout} from "../NexusLayout.sol";
import {INodeNexus} from "../interfaces/INodeNexus.sol";
import {ScoreIndex} from "./ScoreIndex.sol";

/// @title Many new scores at once
/// @notice Who leaves a bucket makes room for who enters it: most moves then write two slots, the node's entry and its
/// place, where one move after the other would write four.
/// @dev Linked, not inlined: NodeNexus alone would pass the size limit.
library ScoreBatch {
    /// @dev How far a batch moves a score, up or down.
    uint256 internal constant MAX_STEP = 10;
    /// @dev A change is a node's number (4 bytes) and its new score (1 byte).
    uint256 private constant CHANGE_BYTES = 5;
    uint256 private constant BUCKETS = 101;
    /// @dev `ScoreIndex.Entry` in its slot: peer ID, position, score, region and type (16 bits together), bandwidth.
    uint256 private constant POSITION_SHIFT = 160;
    uint256 private constant SCORE_SHIFT = 192;
    uint256 private constant GROUP_SHIFT = 200;
    uint256 private constant PLACE_MASK = uint256(0xffffffffff) << POSITION_SHIFT;

    /// @dev A move from `position` of the old bucket; `next` is the next one out of the same bucket, counted from 1.
    struct Move {
        uint256 entry;
        uint256 next;
        uint32 id;
        uint32 position;
        uint8 score;
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
        uint256[] memory holes = new uint256[](BUCKETS);
        uint256 marker = region | (uint256(nodeType) << 8);
        Move[] memory moves = _leave($, group, marker, changes, holes);
        _enter($, group, moves, holes);
        for (uint256 score = 0; score < BUCKETS; ++score) {
            if (holes[score] != 0) _close($, group, uint8(score), moves, holes[score]);
        }
        return changes;
    }

    /// @dev Notes who moves, and which places they leave; writes nothing to storage.
    function _leave(
        NexusLayout.NodeNexusStorage storage $,
        ScoreIndex.Group storage group,
        uint256 marker,
        bytes memory changes,
        uint256[] memory holes
    ) private view returns (Move[] memory moves) {
        uint256 length = changes.length / CHANGE_BYTES;
        moves = new Move[](length);
        uint256 count = 0;
        uint32 previous = 0;
        for (uint256 i = 0; i < length; ++i) {
            (uint32 id, uint256 wanted) = _changeAt(changes, i);
            if (id <= previous) revert INodeNexus.UnsortedChanges(id);
            previous = id;
            uint256 entry = _load($.entries, id);
            uint8 old = uint8(entry >> SCORE_SHIFT);
            uint32 position = uint32(entry >> POSITION_SHIFT);
            if (uint16(entry >> GROUP_SHIFT) != marker || !_isAt(group, old, position, id)) {
                _setScoreAt(changes, i, old);
                continue;
            }
            uint8 score = _capped(old, wanted);
            _setScoreAt(changes, i, score);
            if (score == old) continue;
            Move memory move = moves[count++];
            (move.entry, move.id, move.position, move.score) = (entry, id, position, score);
            (move.next, holes[old]) = (holes[old], count);
        }
        // solhint-disable-next-line no-inline-assembly
        assembly ("memory-safe") {
            mstore(moves, count)
        }
    }

    /// @dev Puts each into a place that another left, or at the end.
    function _enter(
        NexusLayout.NodeNexusStorage storage $,
        ScoreIndex.Group storage group,
        Move[] memory moves,
        uint256[] memory holes
    ) private {
        for (uint256 i = 0; i < moves.length; ++i) {
            Move memory move = moves[i];
            uint256 hole = holes[move.score];
            uint32 position;
            if (hole == 0) {
                position = ScoreIndex.append(group, move.id, move.score);
            } else {
                Move memory left = moves[hole - 1];
                (position, holes[move.score]) = (left.position, left.next);
                ScoreIndex.put(group, move.score, position, move.id);
            }
            _store($.entries, move.id, _withPlace(move.entry, position, move.score));
        }
    }

    /// @dev Fills the places of a bucket that nobody took with its last nodes. Nobody was appended to it.
    function _close(
        NexusLayout.NodeNexusStorage storage $,
        ScoreIndex.Group storage group,
        uint8 score,
        Move[] memory moves,
        uint256 hole
    ) private {
        uint32 length = ScoreIndex.lengthAt(group, score);
        for (; hole != 0; hole = moves[hole - 1].next) {
            uint32 last;
            uint256 entry;
            // The last places may be among those that were left: their nodes have another score by now.
            while (true) {
                if (length == 0) break;
                last = ScoreIndex.idAt(group, score, length - 1);
                entry = _load($.entries, last);
                if (uint8(entry >> SCORE_SHIFT) == score) break;
                --length;
            }
            uint32 position = moves[hole - 1].position;
            if (position >= length) continue;
            --length;
            ScoreIndex.put(group, score, position, last);
            _store($.entries, last, _withPlace(entry, position, score));
        }
        ScoreIndex.truncate(group, score, length);
    }

    // ── Small ──

    function _isAt(
        ScoreIndex.Group storage group,
        uint8 score,
        uint32 position,
        uint32 id
    ) private view returns (bool) {
        return position < ScoreIndex.lengthAt(group, score) && ScoreIndex.idAt(group, score, position) == id;
    }

    function _capped(uint256 old, uint256 wanted) private pure returns (uint8) {
        unchecked {
            if (wanted > ScoreIndex.MAX_SCORE) wanted = ScoreIndex.MAX_SCORE;
            if (wanted > old + MAX_STEP) return uint8(old + MAX_STEP);
            if (wanted + MAX_STEP < old) return uint8(old - MAX_STEP);
            return uint8(wanted);
        }
    }

    function _withPlace(uint256 entry, uint32 position, uint8 score) private pure returns (uint256) {
        return (entry & ~PLACE_MASK) | (uint256(position) << POSITION_SHIFT) | (uint256(score) << SCORE_SHIFT);
    }

    function _changeAt(bytes memory changes, uint256 index) private pure returns (uint32 id, uint256 score) {
        // solhint-disable-next-line no-inline-assembly
        assembly ("memory-safe") {
            let change := shr(216, mload(add(add(changes, 32), mul(index, CHANGE_BYTES))))
            id := shr(8, change)
            score := and(change, 0xff)
        }
    }

    function _setScoreAt(bytes memory changes, uint256 index, uint8 score) private pure {
        // solhint-disable-next-line no-inline-assembly
        assembly ("memory-safe") {
            mstore8(add(add(changes, 36), mul(index, CHANGE_BYTES)), score)
        }
    }

    /// @dev An entry as one word: unpacking and packing its six fields would cost more than it tells.
    function _load(
        mapping(uint32 id => ScoreIndex.Entry) storage entries,
        uint32 id
    ) private view returns (uint256 word) {
        ScoreIndex.Entry storage entry = entries[id];
        // solhint-disable-next-line no-inline-assembly
        assembly ("memory-safe") {
            word := sload(entry.slot)
        }
    }

    function _store(mapping(uint32 id => ScoreIndex.Entry) storage entries, uint32 id, uint256 word) private {
        ScoreIndex.Entry storage entry = entries[id];
        // solhint-disable-next-line no-inline-assembly
        assembly ("memory-safe") {
            sstore(entry.slot, word)
        }
    }
}
