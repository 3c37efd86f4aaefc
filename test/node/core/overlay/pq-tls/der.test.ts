import { X509Certificate } from "node:crypto";
import { AsnConvert } from "@peculiar/asn1-schema";
import { Certificate } from "@peculiar/asn1-x509";
import { expect } from "chai";
import { createCertificate } from "../../../../../node/core/overlay/pq-tls/certificate.ts";
import {
  decodeAll,
  decodeOne,
  encode,
  encodeOid,
  encodeTime,
  tags,
} from "../../../../../node/core/overlay/pq-tls/der.ts";
import { identityOf } from "../../../../harness/identities.ts";

describe("core/overlay/pq-tls/der", () => {
  it("writes certificates that another implementation reads and writes back byte for byte", async () => {
    const { raw } = new X509Certificate((await createCertificate(identityOf(1))).cert);
    const parsed = AsnConvert.parse(raw, Certificate);
    expect(parsed.tbsCertificate.validity.notAfter.getTime()).to.deep.equal(new Date("9999-12-31T23:59:59Z"));
    expect(parsed.tbsCertificate.extensions?.[0]?.critical).to.equal(true);
    expect(Buffer.from(AsnConvert.serialize(parsed)).equals(raw)).to.equal(true);
  });

  it("writes lengths of one, two and three bytes, and reads them back", () => {
    for (const length of [0, 1, 127, 128, 255, 256, 65_535, 65_536]) {
      const content = Buffer.alloc(length, 7);
      expect(decodeOne(encode(tags.octetString, content), tags.octetString).equals(content)).to.equal(true);
    }
  });

  it("writes object identifiers and times as X.690 has them", () => {
    expect(encodeOid("1.3.6.1.4.1.53594.1.1").toString("hex")).to.equal("060a2b0601040183a25a0101");
    expect(encodeTime(new Date("2049-12-31T23:59:59Z")).subarray(2).toString()).to.equal("491231235959Z");
    expect(encodeTime(new Date("2050-01-01T00:00:00Z")).subarray(2).toString()).to.equal("20500101000000Z");
  });

  const broken: [string, number[]][] = [
    ["an element past the end", [0x04, 0x02, 0x00]],
    ["an indefinite length", [0x30, 0x80, 0x00, 0x00]],
    ["a length that is not the shortest", [0x04, 0x81, 0x01, 0x00]],
    ["a length with a leading zero", [0x04, 0x82, 0x00, 0x80, ...Array(128).fill(0)]],
    ["a length of four bytes", [0x04, 0x84, 0x00, 0x00, 0x00, 0x01, 0x00]],
    ["a tag of several bytes", [0x1f, 0x81, 0x00, 0x00]],
    ["a tag without a length", [0x04]],
  ];
  for (const [what, bytes] of broken) {
    it(`refuses ${what}`, () => expect(() => decodeAll(Buffer.from(bytes))).to.throw());
  }

  it("refuses another tag, and what follows the element", () => {
    expect(() => decodeOne(Buffer.from([0x04, 0x00]), tags.sequence)).to.throw();
    expect(() => decodeOne(Buffer.from([0x04, 0x00, 0x04, 0x00]), tags.octetString)).to.throw();
  });
});
