// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {ScoreIndex} from "../libraries/ScoreIndex.sol";

/// @notice Opens the index for tests, re-scoring included.
contract ScoreIndexHarness {
    using ScoreIndex for ScoreIndex.Group;

    ScoreIndex.Group private _group;
    mapping(uint32 id => ScoreIndex.Entry) private _entries;

    function add(uint32 id, uint8 score) external {
        ScoreIndex.Entry storage entry = _entries[id];
        entry.position = _group.append(id, score);
        entry.score = score;
    }

    function remove(uint32 id) external {
        ScoreIndex.Entry storage entry = _entries[id];
        _group.remove(_entries, entry.score, entry.position);
    }

    function rescore(uint32 id, uint8 newScore) external {
        _group.rescore(_entries, id, newScore);
    }

    function best(
        uint8 floor,
        uint256 offset,
        uint256 limit,
        uint256 seed
    ) external view returns (uint32[] memory ids) {
        return _group.best(floor, offset, limit, seed);
    }

    function count() external view returns (uint256) {
        return _group.count();
    }

    function scoreOf(uint32 id) external view returns (uint8) {
        return _entries[id].score;
    }

    function occupied() external view returns (uint256) {
        return _group.occupied;
    }

    function lengthAt(uint8 score) external view returns (uint32) {
        return _group.lengthAt(score);
    }
}
