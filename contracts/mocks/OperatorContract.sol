// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {INodeNexus} from "../interfaces/INodeNexus.sol";

/// @notice An operator that is a contract: it takes its money, refuses it, or calls back while it is paid.
contract OperatorContract {
    enum Conduct {
        ACCEPT,
        REFUSE,
        REENTER
    }

    INodeNexus private immutable NEXUS;
    Conduct private _conduct;
    bytes private _reentry;
    bytes public reentryFailure;

    error Refused();

    constructor(INodeNexus nexus) {
        NEXUS = nexus;
    }

    // solhint-disable-next-line no-complex-fallback
    receive() external payable {
        if (_conduct == Conduct.REFUSE) revert Refused();
        if (_conduct == Conduct.REENTER) {
            // solhint-disable-next-line avoid-low-level-calls
            (bool done, bytes memory failure) = address(NEXUS).call(_reentry);
            if (!done) reentryFailure = failure;
        }
    }

    function register(INodeNexus.Registration calldata registration) external payable {
        NEXUS.register{value: msg.value}(registration);
    }

    function deregister(bytes20 peerID) external {
        NEXUS.deregister(peerID);
    }

    function withdraw(bytes20 peerID) external {
        NEXUS.withdraw(peerID);
    }

    function setConduct(Conduct conduct, bytes calldata reentry) external {
        (_conduct, _reentry) = (conduct, reentry);
    }
}
