// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {ERC1967Proxy} from "@openzeppelin/contracts/proxy/ERC1967/ERC1967Proxy.sol";
import {RelayPayments} from "../../contracts/RelayPayments.sol";
import {INodeNexus} from "../../contracts/interfaces/INodeNexus.sol";
import {IRelayPayments} from "../../contracts/interfaces/IRelayPayments.sol";
import {NexusHandler} from "./NexusHandler.sol";
import {VM} from "./Vm.sol";

/// @notice Does at random what payers and nodes may do, with good vouchers and bad ones.
contract PaymentsHandler {
    uint256 public constant PAYERS = 3;
    uint64 private constant NOTICE = 1 days;

    RelayPayments public payments;
    NexusHandler public nexus;
    /// @notice All that went in, came back, and was paid to nodes.
    uint256 public deposited;
    uint256 public refunded;
    uint256 public paid;
    /// @notice Vouchers that paid what they must not.
    uint256 public wrongPayments;
    /// @notice Closings that were due and did not go through.
    uint256 public failedExits;
    mapping(bytes32 action => uint256) public done;

    constructor() {
        nexus = new NexusHandler();
        INodeNexus registry = INodeNexus(address(nexus.nexus()));
        bytes memory data = abi.encodeCall(RelayPayments.initialize, (address(this)));
        payments = RelayPayments(address(new ERC1967Proxy(address(new RelayPayments(registry, NOTICE)), data)));
    }

    function payer(uint256 seed) public pure returns (address) {
        return address(uint160(0xba70000 + (seed % PAYERS)));
    }

    function open(uint256 who, uint256 node, uint64 amountGwei) external {
        uint256 value = (uint256(amountGwei) % 1e12) * 1 gwei;
        (bytes20 peerID, address sessionKey) = (nexus.peerOf(node), VM.addr(_session(who)));
        VM.deal(payer(who), value);
        VM.prank(payer(who));
        try payments.open{value: value}(peerID, sessionKey) {
            deposited += value;
            ++done["open"];
        } catch {}
    }

    function fund(uint256 who, uint256 node, uint64 amountGwei, bool byPayer) external {
        uint256 value = (uint256(amountGwei) % 1e12) * 1 gwei;
        address sender = byPayer ? payer(who) : address(this);
        bytes20 peerID = nexus.peerOf(node);
        VM.deal(sender, value);
        VM.prank(sender);
        try payments.fund{value: value}(payer(who), peerID) {
            deposited += value;
            ++done["fund"];
        } catch {}
    }

    function announceExit(uint256 who, uint256 node) external {
        bytes20 peerID = nexus.peerOf(node);
        VM.prank(payer(who));
        try payments.announceExit(peerID) {
            ++done["announceExit"];
        } catch {}
    }

    function close(uint256 who, uint256 node) external {
        bytes20 peerID = nexus.peerOf(node);
        IRelayPayments.Channel memory channel = payments.channelOf(payer(who), peerID);
        bool due = channel.deposited != 0 && channel.closableAt != 0 && channel.closableAt <= VM.getBlockTimestamp();
        uint256 before = payer(who).balance;
        VM.prank(payer(who));
        try payments.close(peerID) {
            uint256 refund = payer(who).balance - before;
            if (!due || refund != channel.deposited - channel.redeemed) ++wrongPayments;
            refunded += refund;
            ++done["close"];
        } catch {
            if (due) ++failedExits;
        }
    }

    /// @param number Often of a channel that is closed, or not there yet.
    /// @param wrong Every fourth voucher is signed by another key.
    function redeem(uint256 who, uint256 node, uint32 number, uint64 amountGwei, uint8 wrong, bool many) external {
        bytes20 peerID = nexus.peerOf(node);
        IRelayPayments.Channel memory channel = payments.channelOf(payer(who), peerID);
        uint256 cumulativeWei = uint256(amountGwei) % (channel.deposited + 2 gwei);
        IRelayPayments.Voucher[] memory vouchers = new IRelayPayments.Voucher[](2);
        vouchers[0] = _voucher(who, peerID, 1 + (number % 3), cumulativeWei, wrong % 4 == 0);
        // The same again in the same call.
        vouchers[1] = vouchers[0];
        bool current = payments.channelId(payer(who), peerID, vouchers[0].number) == channel.id;
        uint256 counted = cumulativeWei - (cumulativeWei % 1 gwei);
        uint256 due = counted > channel.redeemed ? counted - channel.redeemed : 0;
        uint256 before = address(payments).balance;
        if (many) {
            try payments.redeemMany(peerID, vouchers) {
                ++done["redeemMany"];
            } catch {}
        } else {
            try payments.redeem(peerID, vouchers[0]) {
                ++done["redeem"];
            } catch {}
        }
        uint256 spent = before - address(payments).balance;
        if (spent != 0 && (wrong % 4 == 0 || !current || spent != due)) ++wrongPayments;
        paid += spent;
        _replay(peerID, vouchers[0]);
    }

    function wait(uint24 time) external {
        VM.warp(VM.getBlockTimestamp() + time);
    }

    /// @dev What was handed in pays nothing more, alone or with others.
    function _replay(bytes20 peerID, IRelayPayments.Voucher memory voucher) private {
        uint256 before = address(payments).balance;
        IRelayPayments.Voucher[] memory again = new IRelayPayments.Voucher[](1);
        again[0] = voucher;
        try payments.redeem(peerID, voucher) {
            ++wrongPayments;
        } catch {}
        try payments.redeemMany(peerID, again) {} catch {}
        if (address(payments).balance != before) ++wrongPayments;
    }

    function _voucher(
        uint256 who,
        bytes20 peerID,
        uint32 number,
        uint256 cumulativeWei,
        bool wrong
    ) private view returns (IRelayPayments.Voucher memory) {
        bytes32 channel = payments.channelId(payer(who), peerID, number);
        bytes32 digest = payments.hashVoucher(channel, cumulativeWei);
        (uint8 v, bytes32 r, bytes32 s) = VM.sign(wrong ? 7 : _session(who), digest);
        return
            IRelayPayments.Voucher({
                payer: payer(who),
                number: number,
                cumulativeWei: cumulativeWei,
                r: r,
                vs: s | bytes32(uint256(v - 27) << 255)
            });
    }

    function _session(uint256 who) private pure returns (uint256) {
        return 5_000 + (who % PAYERS);
    }
}

/// @notice What holds whatever is done, in whatever order.
contract RelayPaymentsInvariants {
    PaymentsHandler private _handler;

    error Broken(string what, uint256 where);

    function setUp() external {
        _handler = new PaymentsHandler();
    }

    /// @dev Nodes come, leave and are slashed meanwhile.
    function targetContracts() external view returns (address[] memory targets) {
        targets = new address[](2);
        (targets[0], targets[1]) = (address(_handler), address(_handler.nexus()));
    }

    /// @dev One invariant, not four: for each of them the runner would act all runs anew. What broke is in the error.
    function invariant_holdsWhateverIsDone() external view {
        _holdsWhatWentInLessWhatCameOut();
        _holdsWhatItsOpenChannelsAreOwed();
        _paysEachVoucherOnceAndBadOnesNever();
        _letsEveryPayerLeave();
    }

    function _holdsWhatWentInLessWhatCameOut() private view {
        uint256 expected = _handler.deposited() - _handler.refunded() - _handler.paid();
        if (address(_handler.payments()).balance != expected) revert Broken("conservation", expected);
    }

    function _holdsWhatItsOpenChannelsAreOwed() private view {
        uint256 escrow = 0;
        for (uint256 who = 0; who < _handler.PAYERS(); ++who) {
            for (uint256 node = 0; node < _handler.nexus().NODES(); ++node) {
                IRelayPayments.Channel memory channel = _handler.payments().channelOf(
                    _handler.payer(who),
                    _handler.nexus().peerOf(node)
                );
                if (channel.redeemed > channel.deposited) revert Broken("overdrawn", who);
                escrow += channel.deposited - channel.redeemed;
            }
        }
        if (address(_handler.payments()).balance != escrow) revert Broken("escrow", escrow);
    }

    function _paysEachVoucherOnceAndBadOnesNever() private view {
        if (_handler.wrongPayments() != 0) revert Broken("wrong payments", _handler.wrongPayments());
    }

    function _letsEveryPayerLeave() private view {
        if (_handler.failedExits() != 0) revert Broken("failed exits", _handler.failedExits());
    }

    /// @dev What the handler never does, the invariants do not speak of: each of its actions takes effect somewhere in
    /// one run that is the same each time.
    function test_everyActionOfTheHandlerTakesEffect() external {
        for (uint256 i = 0; i < 600; ++i) _act(uint256(keccak256(abi.encode("RelayPayments", i))));
        string[6] memory actions = ["open", "fund", "announceExit", "close", "redeem", "redeemMany"];
        for (uint256 i = 0; i < actions.length; ++i) {
            if (_handler.done(bytes32(bytes(actions[i]))) == 0) revert Broken(actions[i], i);
        }
        if (_handler.paid() == 0 || _handler.refunded() == 0) revert Broken("nothing paid", 0);
    }

    function _act(uint256 random) private {
        (uint256 who, uint256 node, uint64 amount) = (random >> 16, random >> 32, uint64(random >> 64));
        bool flag = random >> 255 == 1;
        uint256 action = random % 8;
        if (action == 0) _handler.open(who, node, amount);
        else if (action == 1) _handler.fund(who, node, amount, flag);
        else if (action == 2) _handler.announceExit(who, node);
        else if (action == 3) _handler.close(who, node);
        else if (action == 4) _handler.wait(uint24(amount % 1 days));
        else _handler.redeem(who, node, uint32(random >> 128), amount, uint8(random >> 160), flag);
    }
}
