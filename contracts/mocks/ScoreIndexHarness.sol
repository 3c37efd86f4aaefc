// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {ScoreIndex} from "../libraries/ScoreIndex.sol";

/// @notice Opens the index for tests, re-scoring included.
contract ScoreIndexHarness {
    using ScoreIndex for ScoreIndex.Group;

    ScoreIndex.Group private _group;
    ScoreIndex.Entry[2 ** 32] private _entries;

    function add(uint32 id, uint8 score) external {
        ScoreIndex.Entry storage entry = _entries[id];
        (entry.score, entry.bandwidthMbps) = (score, id);
        entry.position = _group.append(id, score, id);
    }

    function remove(uint32 id) external {
        ScoreIndex.Entry storage entry = _entries[id];
        _group.remove(_entries, entry.score, entry.position, entry.bandwidthMbps);
    }

    function rescore(uint32 id, uint8 newScore) external {
        ScoreIndex.Entry storage entry = _entries[id];
        if (newScore == entry.score) return;
        _group.remove(_entries, entry.score, entry.position, entry.bandwidthMbps);
        entry.position = _group.append(id, newScore, entry.bandwidthMbps);
        entry.score = newScore;
    }

    function setBandwidth(uint32 id, uint32 bandwidthMbps) external {
        ScoreIndex.Entry storage entry = _entries[id];
        _group.setBandwidth(entry.score, entry.bandwidthMbps, bandwidthMbps);
        entry.bandwidthMbps = bandwidthMbps;
    }

    function best(
        uint8 floor,
        uint256 offset,
        uint256 limit,
        uint256 seed
    ) external view returns (uint32[] memory ids) {
        return _group.best(floor, offset, limit, seed);
    }

    function totals() external view returns (uint256 count, uint256 bandwidthMbps) {
        return _group.totals();
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
