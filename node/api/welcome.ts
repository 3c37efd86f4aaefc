import { z } from "zod";
import { commonErrors, defineErrors } from "../core/errors.ts";
import { timestampMsSchema } from "../core/schema.ts";
import { route } from "./route.ts";
import { welcomeSteps } from "./vocabulary.ts";

export const welcomeErrors = defineErrors({
  TERMS_CHANGED: {
    status: 409,
    summary: "These are not the present terms.",
    action: "Load the page again, or run `shadowmesh terms`, and read them as they are now.",
  },
  TERMS_NOT_ACCEPTED: {
    status: 409,
    summary: "The terms come first.",
    action: "Accept them on the console's Welcome page, or with `shadowmesh terms --accept`.",
  },
  PHRASE_ALREADY_SHOWN: {
    status: 409,
    summary: "The recovery phrase was shown before; it is shown once.",
    action:
      "If you do not have the words, keep a copy of `identity.json` from the data folder in a safe place: it holds the same secret.",
  },
  PHRASE_WORDS_WRONG: {
    status: 400,
    summary: "At least one of these words is not the one at its place.",
    action: "Compare them with what you wrote down: the spelling, and the number before each word.",
  },
});

/** What a node is to be: it hosts nothing, it serves its owner's devices, or it relays for everybody. */
export const servicesOffered = ["view-only", "private", "public"] as const;
export type ServiceOffered = (typeof servicesOffered)[number];

/** How far the owner has come with setting the node up; kept by the daemon, so that every browser finds the same. */
export const welcomeSchema = z.object({
  terms: z.object({
    version: z.string(),
    /** Which version was accepted last, and when. */
    accepted: z.object({ version: z.string(), atMs: timestampMsSchema }).nullable(),
  }),
  phrase: z.object({
    /** Whether the words were shown, here or by the command; they are shown once. */
    shown: z.boolean(),
    confirmedAtMs: timestampMsSchema.nullable(),
    /** The owner went on without a backup. */
    skipped: z.boolean(),
    /** Which of the 24 words a confirmation has to name, counted from 1. */
    asked: z.array(z.number().int()),
  }),
  /** Where to go on. */
  step: z.enum(welcomeSteps),
  /** What the owner chose the node to be; null before. */
  service: z.enum(servicesOffered).nullable(),
  /** Whether the console opens Welcome by itself: the node is new, and its owner has neither come to the end nor left. */
  opensByItself: z.boolean(),
});
export type Welcome = z.output<typeof welcomeSchema>;

const none = z.object({});

export const welcomeRoutes = {
  welcome: route({
    method: "GET",
    path: "/api/welcome",
    access: "owner",
    summary: "How far the owner has come with setting the node up.",
    input: none,
    output: welcomeSchema,
    errors: [],
  }),
  acceptTerms: route({
    method: "POST",
    path: "/api/welcome/terms",
    access: "owner",
    summary: "Accepts the terms in the version that was read.",
    input: z.object({ version: z.string().max(32) }),
    output: welcomeSchema,
    errors: [welcomeErrors.TERMS_CHANGED],
  }),
  showPhrase: route({
    method: "POST",
    path: "/api/welcome/phrase",
    access: "in-person",
    summary: "Gives the 24 words of the recovery phrase, once in the node's life.",
    input: none,
    output: z.object({ words: z.array(z.string()) }),
    errors: [welcomeErrors.PHRASE_ALREADY_SHOWN, welcomeErrors.TERMS_NOT_ACCEPTED],
  }),
  confirmPhrase: route({
    method: "POST",
    path: "/api/welcome/phrase/confirmation",
    access: "in-person",
    summary: "Proves a backup of the recovery phrase by the words that are asked for, in that order.",
    input: z.object({ words: z.array(z.string().max(32)).max(24) }),
    output: welcomeSchema,
    errors: [welcomeErrors.PHRASE_WORDS_WRONG, commonErrors.RATE_LIMITED],
  }),
  skipPhrase: route({
    method: "POST",
    path: "/api/welcome/phrase/skip",
    access: "in-person",
    summary: "Goes on without a backup of the recovery phrase; it can be made later.",
    input: none,
    output: welcomeSchema,
    errors: [],
  }),
  enterStep: route({
    method: "PUT",
    path: "/api/welcome/step",
    access: "owner",
    summary: "Notes where the owner goes on, in this or another browser, and what he chose the node to be.",
    input: z.object({ step: z.enum(welcomeSteps), service: z.enum(servicesOffered).optional() }),
    output: welcomeSchema,
    errors: [welcomeErrors.TERMS_NOT_ACCEPTED],
  }),
  leaveWelcome: route({
    method: "POST",
    path: "/api/welcome/leave",
    access: "owner",
    summary: "Leaves Welcome for later: the console no longer opens it by itself.",
    input: none,
    output: welcomeSchema,
    errors: [],
  }),
};
