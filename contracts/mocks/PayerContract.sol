// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IERC1271} from "@openzeppelin/contracts/interfaces/IERC1271.sol";
import {IRelayPayments} from "../interfaces/IRelayPayments.sol";

/// @notice A payer that is a contract: it takes any signature that is one word, a certain one, and calls back while it
/// is paid.
contract PayerContract is IERC1271 {
    bytes32 public constant WORD = keccak256("signed");

    IRelayPayments private immutable PAYMENTS;
    bytes20 private _peerID;
    bool public reentryFailed;
    bool private _refuses;

    error Refused();

    constructor(IRelayPayments payments) {
        PAYMENTS = payments;
    }

    // solhint-disable-next-line no-complex-fallback
    receive() external payable {
        _whilePaid();
    }

    function open(bytes20 peerID) external payable {
        _peerID = peerID;
        PAYMENTS.open{value: msg.value}(peerID, address(this));
    }

    function announceExit() external {
        PAYMENTS.announceExit(_peerID);
    }

    function close() external {
        PAYMENTS.close(_peerID);
    }

    function refuse(bool refuses) external {
        _refuses = refuses;
    }

    /// @inheritdoc IERC1271
    function isValidSignature(bytes32, bytes calldata signature) external pure returns (bytes4) {
        bool good = signature.length == 32 && bytes32(signature) == WORD;
        return good ? IERC1271.isValidSignature.selector : bytes4(0);
    }

    function _whilePaid() private {
        if (_refuses) revert Refused();
        // solhint-disable-next-line no-empty-blocks
        try PAYMENTS.close(_peerID) {} catch {
            reentryFailed = true;
        }
    }
}
