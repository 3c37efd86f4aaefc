/** What the owner of a node accepts before it is set up: the same in the console and in `shadowmesh terms`. */
export interface Terms {
  /** Changes with the text. */
  readonly version: string;
  readonly points: readonly { readonly title: string; readonly text: string }[];
}

/** In English; the console translates them (scripts/generate/text.ts reads them out of here). The short form for owners of nodes; who runs a backbone has terms of its own (docs/guides/terms.md). */
export const terms: Terms = {
  version: "2026-11",
  points: [
    {
      title: /*i18n*/ "As it is",
      text: /*i18n*/ "ShadowMesh is free software under the Apache License 2.0. It comes without warranty, and nobody promises that the network is there tomorrow.",
    },
    {
      title: /*i18n*/ "View-only or full node",
      text: /*i18n*/ "A view-only node talks to others and hosts nothing for them. A full node also keeps records for others and answers their measurements; registered as public, it passes on encrypted traffic of strangers through your connection.",
    },
    {
      title: /*i18n*/ "What hosting for others means",
      text: /*i18n*/ "You cannot read what you pass on, and others see your address. Your provider's contract and the law of your country must allow it: find that out before you begin. You may limit it, pause it and stop it at any time.",
    },
    {
      title: /*i18n*/ "Your keys",
      text: /*i18n*/ "The 24 words of the node and the wallet that holds its stake are yours alone. Nobody can restore them, and what they sign counts as yours.",
    },
    {
      title: /*i18n*/ "Stake and payments",
      text: /*i18n*/ "They are between you and the contracts, by their code. Who signs two contradicting statements loses a part of the stake, and who is away loses score.",
    },
    {
      title: /*i18n*/ "What is not allowed",
      text: /*i18n*/ "Attacks on the network or on others through it, nodes in others' names, falsified measurements, and whatever the law forbids.",
    },
    {
      title: /*i18n*/ "Liability",
      text: /*i18n*/ "You answer for your machine and for what you do with the node. As far as the law allows, those who wrote this program and those who run other nodes do not answer for damage that it does to you. What the law does not let anybody exclude stays as it is.",
    },
  ],
};
