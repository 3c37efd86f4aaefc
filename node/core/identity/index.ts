export { identityErrors } from "./errors.ts";
export { createIdentity, type Identity } from "./identity.ts";
export { createIdentityFile, readIdentityFile, type StoredIdentity } from "./identity-file.ts";
export { authContext, mlDsa87, mlDsaPublicKey, verifyMlDsa87 } from "./ml-dsa.ts";
export { compressNodeKey, nodeKeyAddress } from "./node-key.ts";
export { computePeerId, mlDsaKeyHash } from "./peer-id.ts";
export { phraseToSeed } from "./phrase.ts";
