// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {ECDSA} from "@openzeppelin/contracts/utils/cryptography/ECDSA.sol";
import {MessageHashUtils} from "@openzeppelin/contracts/utils/cryptography/MessageHashUtils.sol";
import {INodeNexus} from "./interfaces/INodeNexus.sol";
import {ISlashing} from "./interfaces/ISlashing.sol";

/// @title Slashing
/// @dev Cannot be upgraded: governance names another contract to NodeNexus instead. Holds coins only within `execute`.
contract Slashing is ISlashing {
    bytes32 private constant STATEMENT_TYPEHASH = keccak256(
        "Statement(bytes20 peerID,bytes32 topic,uint64 sequence,bytes32 contentHash)"
    );
    bytes32 private constant DOMAIN_TYPEHASH = keccak256(
        "EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)"
    );
    bytes32 private constant DOMAIN_NAME = keccak256("ShadowMesh NodeNexus");
    bytes32 private constant DOMAIN_VERSION = keccak256("1");
    /// @dev What a reporter may get at most: more would pay for reporting oneself before somebody else does.
    uint16 private constant MAX_REPORTER_BPS = 2_000;
    uint64 private constant MAX_WINDOW = 7 days;
    /// @dev Time to carry the slash out before the stake thaws by itself.
    uint64 private constant GRACE = 3 days;
    address private constant BURN = address(0);

    INodeNexus public immutable NEXUS;
    /// @notice In seconds.
    uint64 public immutable CHALLENGE_WINDOW;
    /// @notice What a contradiction costs, in 1/100 % of the stake.
    uint16 public immutable PENALTY_BPS;
    /// @notice The reporter's part of it, in 1/100 %.
    uint16 public immutable REPORTER_BPS;

    mapping(bytes20 peerID => Report) private _reports;
    /// @notice Whether a contradiction, by keccak256(abi.encode(peerID, topic, sequence)), has been reported.
    mapping(bytes32 offence => bool) public counted;

    constructor(INodeNexus nexus, uint64 challengeWindow, uint16 penaltyBps, uint16 reporterBps) {
        if (challengeWindow > MAX_WINDOW || penaltyBps > 10_000 || reporterBps > MAX_REPORTER_BPS) {
            revert InvalidParameters();
        }
        (NEXUS, CHALLENGE_WINDOW, PENALTY_BPS, REPORTER_BPS) = (nexus, challengeWindow, penaltyBps, reporterBps);
    }

    receive() external payable {
        if (msg.sender != address(NEXUS)) revert NotGuardian(msg.sender);
    }

    /// @inheritdoc ISlashing
    function report(Contradiction calldata contradiction) external {
        (bytes20 peerID, bytes32 topic, uint64 sequence) = (
            contradiction.peerID,
            contradiction.topic,
            contradiction.sequence
        );
        bytes32 offence = keccak256(abi.encode(peerID, topic, sequence));
        if (counted[offence] || _reports[peerID].executableAt != 0) revert AlreadyReported(peerID);
        _requireContradiction(contradiction);

        uint64 executableAt = uint64(block.timestamp) + CHALLENGE_WINDOW;
        counted[offence] = true;
        _reports[peerID] = Report(msg.sender, executableAt);
        emit Reported(peerID, msg.sender, topic, sequence, executableAt);
        NEXUS.freeze(peerID, executableAt + GRACE);
    }

    /// @inheritdoc ISlashing
    function dismiss(bytes20 peerID) external {
        if (msg.sender != NEXUS.pauser() && msg.sender != NEXUS.owner()) revert NotGuardian(msg.sender);
        _take(peerID);
        emit Dismissed(peerID, msg.sender);
        NEXUS.freeze(peerID, 0);
    }

    /// @inheritdoc ISlashing
    function execute(bytes20 peerID) external {
        Report memory known = _take(peerID);
        if (block.timestamp < known.executableAt) revert ChallengeOpen(known.executableAt);
        uint256 taken = NEXUS.slash(peerID, PENALTY_BPS);
        uint256 toReporter = (taken * REPORTER_BPS) / 10_000;
        // A reporter that takes no coins must not keep the slash from happening: its part is burnt too.
        if (!_send(known.reporter, toReporter)) toReporter = 0;
        uint256 burnt = taken - toReporter;
        emit Executed(peerID, known.reporter, toReporter, burnt);
        // What did not go would stay here for good: as lost as there.
        _send(BURN, burnt);
    }

    /// @inheritdoc ISlashing
    function reportOf(bytes20 peerID) external view returns (Report memory) {
        return _reports[peerID];
    }

    function _take(bytes20 peerID) private returns (Report memory known) {
        known = _reports[peerID];
        if (known.executableAt == 0) revert NotReported(peerID);
        delete _reports[peerID];
    }

    function _send(address to, uint256 amount) private returns (bool sent) {
        // Little gas, no returned data: the reporter can neither call back to effect nor make the call fail.
        // solhint-disable-next-line no-inline-assembly
        assembly ("memory-safe") {
            sent := call(30000, to, amount, 0, 0, 0, 0)
        }
    }

    function _requireContradiction(Contradiction calldata contradiction) private view {
        if (contradiction.firstContentHash == contradiction.secondContentHash) revert NoContradiction();
        address first = _signer(contradiction, contradiction.firstContentHash, contradiction.firstSignature);
        address second = _signer(contradiction, contradiction.secondContentHash, contradiction.secondSignature);
        if (first != second) revert NoContradiction();
        bytes20 computed = bytes20(keccak256(abi.encodePacked(first, contradiction.mlDsaKeyHash)));
        if (computed != contradiction.peerID) revert PeerIdMismatch(contradiction.peerID, computed);
    }

    function _signer(
        Contradiction calldata contradiction,
        bytes32 contentHash,
        bytes calldata signature
    ) private view returns (address signer) {
        bytes32 domain = keccak256(
            abi.encode(DOMAIN_TYPEHASH, DOMAIN_NAME, DOMAIN_VERSION, block.chainid, address(NEXUS))
        );
        bytes32 statement = keccak256(
            abi.encode(
                STATEMENT_TYPEHASH,
                contradiction.peerID,
                contradiction.topic,
                contradiction.sequence,
                contentHash
            )
        );
        ECDSA.RecoverError failure;
        (signer, failure, ) = ECDSA.tryRecoverCalldata(MessageHashUtils.toTypedDataHash(domain, statement), signature);
        if (failure != ECDSA.RecoverError.NoError) revert InvalidSignature();
    }
}
