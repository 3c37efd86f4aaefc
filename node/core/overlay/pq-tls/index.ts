export { credentialsOf } from "./certificate.ts";
export { pqTls, pqTlsProtocol } from "./encrypter.ts";
export { createPeerIdentities, type PeerIdentities } from "./peer-identities.ts";
export { keyExchangeGroup, type SecuredSocket, secureSocket } from "./secure-socket.ts";
export { toHalfOpenDuplex } from "./tls-stream.ts";
