import { BigInt, Bytes, log } from "@graphprotocol/graph-ts";
import {
  ChannelClosed,
  ChannelFunded,
  ChannelOpened,
  ExitAnnounced,
  ExitCancelled,
  Redeemed,
} from "../generated/RelayPayments/RelayPayments";
import { Channel, Redemption } from "../generated/schema";
import { eventId } from "./ids";
import { loadPayments } from "./payments";
import { loadDay } from "./totals";

/** A channel counts whole gwei; what a voucher says beyond waits for the next. */
const GWEI = 1_000_000_000;

function knownChannel(id: Bytes): Channel {
  const channel = Channel.load(id);
  if (channel === null)
    log.critical("Channel {} is unknown: start at the block of the deployment.", [id.toHexString()]);
  return channel as Channel;
}

export function handleChannelOpened(event: ChannelOpened): void {
  const channel = new Channel(event.params.channel);
  channel.payer = event.params.payer;
  channel.peerID = event.params.peerID;
  channel.node = event.params.peerID;
  channel.number = event.params.number;
  channel.sessionKey = event.params.sessionKey;
  channel.status = "OPEN";
  channel.deposited = event.params.amount;
  channel.redeemed = BigInt.zero();
  channel.refunded = BigInt.zero();
  channel.openedAt = event.block.timestamp;
  channel.save();
  const payments = loadPayments(event);
  payments.openChannels += 1;
  payments.channels += 1;
  payments.deposited = payments.deposited.plus(event.params.amount);
  payments.save();
  const day = loadDay(event.block.timestamp);
  day.channelsOpened += 1;
  day.deposited = day.deposited.plus(event.params.amount);
  day.save();
}

export function handleChannelFunded(event: ChannelFunded): void {
  const channel = knownChannel(event.params.channel);
  channel.deposited = channel.deposited.plus(event.params.amount);
  channel.save();
  const payments = loadPayments(event);
  payments.deposited = payments.deposited.plus(event.params.amount);
  payments.save();
  const day = loadDay(event.block.timestamp);
  day.deposited = day.deposited.plus(event.params.amount);
  day.save();
}

export function handleExitAnnounced(event: ExitAnnounced): void {
  const channel = knownChannel(event.params.channel);
  channel.closableAt = event.params.closableAt;
  channel.save();
}

export function handleExitCancelled(event: ExitCancelled): void {
  const channel = knownChannel(event.params.channel);
  channel.closableAt = null;
  channel.save();
}

export function handleRedeemed(event: Redeemed): void {
  const channel = knownChannel(event.params.channel);
  const gwei = BigInt.fromI32(GWEI);
  const cumulative = event.params.cumulativeWei.div(gwei).times(gwei);
  const amount = cumulative.minus(channel.redeemed);
  const redemption = new Redemption(eventId(event));
  redemption.channel = channel.id;
  redemption.node = channel.peerID;
  redemption.payer = channel.payer;
  redemption.amount = amount;
  redemption.cumulative = cumulative;
  redemption.timestamp = event.block.timestamp;
  redemption.transaction = event.transaction.hash;
  redemption.save();
  channel.redeemed = cumulative;
  channel.save();
  const payments = loadPayments(event);
  payments.redeemed = payments.redeemed.plus(amount);
  payments.save();
  const day = loadDay(event.block.timestamp);
  day.redemptions += 1;
  day.redeemed = day.redeemed.plus(amount);
  day.save();
}

export function handleChannelClosed(event: ChannelClosed): void {
  const channel = knownChannel(event.params.channel);
  channel.status = "CLOSED";
  channel.refunded = event.params.refund;
  channel.closableAt = null;
  channel.closedAt = event.block.timestamp;
  channel.save();
  const payments = loadPayments(event);
  payments.openChannels -= 1;
  payments.refunded = payments.refunded.plus(event.params.refund);
  payments.save();
  const day = loadDay(event.block.timestamp);
  day.channelsClosed += 1;
  day.refunded = day.refunded.plus(event.params.refund);
  day.save();
}
