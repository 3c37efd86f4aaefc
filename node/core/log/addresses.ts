import { isIP } from "node:net";

/** Addresses that are the same on every machine. */
const everybodys = /^(127\.|0\.0\.0\.0$|::1?$)/;
/** What may be an IP address: digits and dots, or hexadecimal digits with colons. */
const candidates = /(?<![\w.:])(\d{1,3}(?:\.\d{1,3}){3}|[0-9a-f]*:[0-9a-f:.]*[0-9a-f]|[0-9a-f]+::)(?![\w])/gi;

/** Puts a name in the place of each IP address that tells one machine from others. */
export const replaceAddresses = (text: string, nameOf: (address: string) => string): string =>
  text.replace(candidates, (found) => (isIP(found) === 0 || everybodys.test(found) ? found : nameOf(found)));
