export { keyExchangeGroup, pqTls, pqTlsProtocol } from "./encrypter.ts";
export { createPeerIdentities, type PeerIdentities } from "./peer-identities.ts";
