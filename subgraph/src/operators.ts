import { BigInt, Bytes } from "@graphprotocol/graph-ts";
import { Operator } from "../generated/schema";

export function loadOperator(address: Bytes): Operator {
  const known = Operator.load(address);
  if (known !== null) return known;
  const operator = new Operator(address);
  operator.approvedBackbone = false;
  operator.activeNodes = 0;
  operator.unbondingNodes = 0;
  operator.commission = BigInt.zero();
  operator.withdrawn = BigInt.zero();
  return operator;
}
