// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

/// @notice The cheat codes that the tests use, at keccak256("hevm cheat code").
interface Vm {
    function addr(uint256 key) external pure returns (address);
    function sign(uint256 key, bytes32 digest) external pure returns (uint8 v, bytes32 r, bytes32 s);
    function prank(address sender) external;
    function deal(address account, uint256 balance) external;
    function warp(uint256 timestamp) external;
    function getBlockTimestamp() external view returns (uint256);
}

Vm constant VM = Vm(address(uint160(uint256(keccak256("hevm cheat code")))));
