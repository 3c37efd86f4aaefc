import type { ConnectionEncrypter } from "@libp2p/interface";
import { tls } from "@libp2p/tls";
import { pqTlsProtocol } from "../../node/core/overlay/pq-tls/index.ts";

/** Speaks stock libp2p's TLS where it claims to speak ours. */
export const pretendedPqTls = (components: never): ConnectionEncrypter =>
  Object.assign(tls()(components) as ConnectionEncrypter, { protocol: pqTlsProtocol });
