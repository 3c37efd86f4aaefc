/** The handlers of RelayPayments' events. */
export * from "./channels";
export { handleEIP712DomainChanged } from "./governance";
export * from "./payments";
