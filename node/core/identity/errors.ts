import { defineErrors } from "../errors.ts";

export const identityErrors = defineErrors({
  IDENTITY_MISSING: {
    status: 404,
    summary: "There is no identity in this data folder yet.",
    action: "Run `shadowmesh init` to make one, or `shadowmesh init --restore` with your 24 words.",
  },
  IDENTITY_EXISTS: {
    status: 409,
    summary: "There is an identity in this data folder already; it is never overwritten.",
    action: "Choose another folder with --data, or move the old `identity.json` away.",
  },
  IDENTITY_CORRUPT: {
    status: 500,
    summary: "The identity file is damaged.",
    action:
      "Nothing was changed. Move `identity.json` away and restore it with `shadowmesh init --restore` and your 24 words.",
  },
  PHRASE_INVALID: {
    status: 400,
    summary: "These are not 24 words of a valid recovery phrase.",
    action: "Check the spelling and order of the words (BIP-39, English); the last word is a checksum.",
  },
});
