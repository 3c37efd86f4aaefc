// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {TimelockController} from "@openzeppelin/contracts/governance/TimelockController.sol";
import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {INodeNexus} from "./interfaces/INodeNexus.sol";

/// @title The owner of NodeNexus in production
/// @notice Whatever it decides takes effect only once everybody with stake has had time to see it, and then to leave.
contract NexusTimelock is TimelockController {
    /// @notice How long after a decision is made public anybody may begin to leave, and still be paid out before it
    /// takes effect; in seconds.
    uint256 public constant REACTION_TIME = 3 days;

    INodeNexus public immutable NEXUS;

    /// @param nexus May be deployed after this contract.
    /// @param minDelay A floor on top of the registry's, in seconds.
    constructor(
        INodeNexus nexus,
        uint256 minDelay,
        address[] memory proposers,
        address[] memory executors
    ) TimelockController(minDelay, proposers, executors, address(0)) {
        NEXUS = nexus;
    }

    /// @notice Never shorter than `REACTION_TIME` and the longest unbonding period that any node may have registered
    /// under, whatever `updateDelay` says.
    function getMinDelay() public view override returns (uint256) {
        return Math.max(super.getMinDelay(), REACTION_TIME + NEXUS.longestUnbondingPeriod());
    }
}
