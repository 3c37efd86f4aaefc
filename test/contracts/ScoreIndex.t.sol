// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {ScoreIndexHarness} from "../../contracts/mocks/ScoreIndexHarness.sol";

/// @notice Fuzzes the index with arbitrary sequences of joins, leaves and re-scores.
contract ScoreIndexTest {
    uint256 private constant NODES = 40;

    error Broken(string what, uint256 where);

    /// @dev Each operation is decoded from one number: which node, and which score.
    function testFuzz_ranksEveryNodeOnceBestFirst(uint256[] memory operations, uint256 seed) external {
        ScoreIndexHarness index = new ScoreIndexHarness();
        bool[NODES + 1] memory present;
        (uint256 total, uint256 bandwidth) = (0, 0);
        for (uint256 i = 0; i < operations.length; ++i) {
            uint32 id = uint32((operations[i] % NODES) + 1);
            uint8 score = uint8((operations[i] >> 128) % 101);
            if (!present[id]) {
                index.add(id, score);
                present[id] = true;
                ++total;
                bandwidth += id;
            } else if ((operations[i] >> 64) % 3 == 0) {
                index.remove(id);
                present[id] = false;
                --total;
                bandwidth -= id;
            } else {
                index.rescore(id, score);
            }
        }

        (uint256 count, uint256 bandwidthMbps) = index.totals();
        if (count != total) revert Broken("count", total);
        if (bandwidthMbps != bandwidth) revert Broken("bandwidth", bandwidthMbps);
        _requireRanking(index, index.best(0, 0, type(uint256).max, seed), present, total);
        _requireBitmap(index);
    }

    function testFuzz_cutsPagesOutOfTheWholeList(uint256 offset, uint256 limit, uint256 seed, uint8 count) external {
        ScoreIndexHarness index = new ScoreIndexHarness();
        for (uint32 id = 1; id <= count; ++id) index.add(id, uint8((uint256(id) * 7) % 101));
        uint32[] memory all = index.best(0, 0, type(uint256).max, seed);
        uint32[] memory page = index.best(0, offset, limit, seed);
        uint256 rest = offset < count ? count - offset : 0;
        if (page.length != (limit < rest ? limit : rest)) revert Broken("page length", page.length);
        for (uint256 i = 0; i < page.length; ++i) {
            if (page[i] != all[offset + i]) revert Broken("page entry", i);
        }
    }

    function _requireRanking(
        ScoreIndexHarness index,
        uint32[] memory ids,
        bool[NODES + 1] memory present,
        uint256 total
    ) private view {
        if (ids.length != total) revert Broken("length", ids.length);
        uint8 previous = 100;
        for (uint256 i = 0; i < ids.length; ++i) {
            if (!present[ids[i]]) revert Broken("unknown or repeated", ids[i]);
            present[ids[i]] = false;
            uint8 score = index.scoreOf(ids[i]);
            if (score > previous) revert Broken("order", i);
            previous = score;
        }
    }

    function _requireBitmap(ScoreIndexHarness index) private view {
        uint256 occupied = index.occupied();
        for (uint8 score = 0; score <= 100; ++score) {
            bool marked = (occupied >> score) & 1 == 1;
            if (marked != (index.lengthAt(score) != 0)) revert Broken("bitmap", score);
        }
    }
}
