import { createRoute, type OpenAPIHono, z } from "@hono/zod-openapi";
import type { Context } from "hono";
import type { JSONValue } from "hono/utils/types";
import { type PasskeyPlace, passkeyPlace, usablePasskeys } from "../auth/passkey-keys.ts";
import { assertionOptions, registrationOptions, verifyRegistration } from "../auth/passkeys.ts";
import type { AdminApp } from "../context.ts";
import { requireFreshApi } from "../fresh.tsx";
import type { Passkey } from "../registry/passkeys.ts";
import { refuseForeignSignIn } from "./access.ts";
import { ProblemError, valueOf } from "./problem.ts";
import { passkeyInput, passkeyPatch } from "./proof-schemas.ts";
import { noPasskeysHere } from "./proofs.ts";
import { answer, body, PROBLEMS, READ_PROBLEMS, WRITE_PROBLEMS } from "./route.ts";
import { time, toTime, toTimeOrNull } from "./times.ts";

const passkeyShape = z
  .object({
    id: z.string().openapi({ description: "The credential's id, base64url." }),
    name: z.string(),
    host: z.string().openapi({ description: "The admin's hostname at which it works." }),
    works: z.boolean().openapi({ description: "False since ADMIN_SECRET was changed: remove it, and add it again." }),
    backedUp: z.boolean().openapi({ description: "Whether it is in a keychain that outlives the device." }),
    createdAt: time,
    lastUsedAt: time.nullable(),
  })
  .openapi("Passkey");

const ONE = z.object({ passkey: passkeyShape });
// The browser's own shapes: https://www.w3.org/TR/webauthn-3/#sctn-parseCreationOptionsFromJSON
const OPTIONS = z.looseObject({ challenge: z.string() }).openapi("PasskeyOptions");
const params = z.object({ id: z.string() });

const list = createRoute({
  method: "get",
  path: "/api/passkeys",
  summary: "List passkeys",
  responses: {
    200: answer("All passkeys, the oldest first.", z.object({ passkeys: z.array(passkeyShape) })),
    ...READ_PROBLEMS,
  },
});

const optionsToAdd = createRoute({
  method: "post",
  path: "/api/passkeys/options",
  summary: "Begin to add a passkey: what the browser is to be asked, within 5 minutes",
  middleware: requireFreshApi,
  responses: {
    200: answer("For PublicKeyCredential.parseCreationOptionsFromJSON().", OPTIONS),
    ...WRITE_PROBLEMS,
    ...PROBLEMS.conflict,
  },
});

const add = createRoute({
  method: "post",
  path: "/api/passkeys",
  summary: "Add the passkey that a browser made",
  middleware: requireFreshApi,
  request: { body: body(passkeyInput) },
  responses: { 201: answer("The passkey.", ONE), ...WRITE_PROBLEMS, ...PROBLEMS.input, ...PROBLEMS.conflict },
});

const rename = createRoute({
  method: "patch",
  path: "/api/passkeys/{id}",
  summary: "Rename a passkey",
  middleware: requireFreshApi,
  request: { params, body: body(passkeyPatch) },
  responses: {
    200: answer("The passkey.", ONE),
    ...WRITE_PROBLEMS,
    ...PROBLEMS.input,
    ...PROBLEMS.missing,
    ...PROBLEMS.conflict,
  },
});

const remove = createRoute({
  method: "delete",
  path: "/api/passkeys/{id}",
  summary: "Remove a passkey",
  middleware: requireFreshApi,
  request: { params },
  responses: {
    200: answer("It opens nothing any more.", z.object({ removed: z.string() })),
    ...WRITE_PROBLEMS,
    ...PROBLEMS.missing,
  },
});

const BEGUN = {
  200: answer("For PublicKeyCredential.parseRequestOptionsFromJSON().", OPTIONS),
  ...WRITE_PROBLEMS,
  ...PROBLEMS.conflict,
};

const optionsToSignIn = createRoute({
  method: "post",
  path: "/api/session/passkey",
  summary: "Begin to sign in with a passkey: what the browser is to be asked, within 5 minutes",
  security: [],
  middleware: refuseForeignSignIn,
  responses: BEGUN,
});

const optionsToConfirm = createRoute({
  method: "post",
  path: "/api/session/confirm/passkey",
  summary: "Begin to prove with a passkey who you are: what the browser is to be asked, within 5 minutes",
  responses: BEGUN,
});

/** The library's options without fields that are undefined, which JSON hasn't got. */
const jsonValue = (options: { challenge: string }) =>
  JSON.parse(JSON.stringify(options)) as { challenge: string; [field: string]: JSONValue };

function placeOf(c: Context<AdminApp>): PasskeyPlace {
  const place = passkeyPlace(new URL(c.req.url));
  if (place === null) throw noPasskeysHere();
  return place;
}

const passkeyJson = (passkey: Passkey, works: boolean): z.output<typeof passkeyShape> => ({
  id: passkey.id,
  name: passkey.name,
  host: passkey.host,
  works,
  backedUp: passkey.backedUp,
  createdAt: toTime(passkey.createdAt),
  lastUsedAt: toTimeOrNull(passkey.lastUsedAt),
});

/** Whether a passkey works is asked at its own place, wherever the list is read. */
async function jsonOf(c: Context<AdminApp>, passkey: Passkey): Promise<z.output<typeof passkeyShape>> {
  const place = { host: passkey.host, origin: "" };
  return passkeyJson(passkey, (await usablePasskeys(c.var.adminSecret, [passkey], place)).length > 0);
}

/**
 * Adds the passkey that a browser made; the console goes through here too.
 *
 * @throws ProblemError where its answer isn't right, or the registry refuses
 */
export async function addPasskey(c: Context<AdminApp>, input: z.output<typeof passkeyInput>): Promise<Passkey> {
  const { bindings, adminSecret, session, actor } = c.var;
  const { name, response } = input;
  const purpose = `register:${session.jti}` as const;
  const made = await verifyRegistration(adminSecret, placeOf(c), response, name, purpose, Date.now());
  if (made !== null) return valueOf(await bindings.registry.addPasskey(made.passkey, made.challenge, actor));
  throw new ProblemError({
    status: 400,
    code: "passkey-refused",
    title: "The passkey can't be added",
    detail:
      "The browser's answer doesn't fit what it was asked here, or came more than 5 minutes later. Add the passkey once more.",
  });
}

/** Puts the routes of passkeys onto the API. */
export function passkeyRoutes(api: OpenAPIHono<AdminApp>): void {
  api.openapi(list, async (c) => {
    const passkeys = await c.var.bindings.registry.listPasskeys();
    return c.json({ passkeys: await Promise.all(passkeys.map((one) => jsonOf(c, one))) }, 200);
  });

  api.openapi(optionsToAdd, async (c) => {
    const { bindings, adminSecret, session } = c.var;
    const place = placeOf(c);
    const known = await usablePasskeys(adminSecret, await bindings.registry.listPasskeys(), place);
    const options = await registrationOptions(adminSecret, place, known, `register:${session.jti}`, Date.now());
    return c.json(jsonValue(options), 200);
  });

  api.openapi(add, async (c) => c.json({ passkey: await jsonOf(c, await addPasskey(c, c.req.valid("json"))) }, 201));

  api.openapi(rename, async (c) => {
    const { id } = c.req.valid("param");
    const renamed = await c.var.bindings.registry.renamePasskey(id, c.req.valid("json").name, c.var.actor);
    return c.json({ passkey: await jsonOf(c, valueOf(renamed)) }, 200);
  });

  api.openapi(remove, async (c) => {
    const { id } = c.req.valid("param");
    valueOf(await c.var.bindings.registry.removePasskey(id, c.var.actor));
    return c.json({ removed: id }, 200);
  });

  api.openapi(optionsToSignIn, async (c) => {
    const options = await assertionOptions(c.var.adminSecret, placeOf(c), "sign-in", Date.now());
    return c.json(jsonValue(options), 200);
  });

  api.openapi(optionsToConfirm, async (c) => {
    const { adminSecret, session } = c.var;
    const options = await assertionOptions(adminSecret, placeOf(c), `confirm:${session.jti}`, Date.now());
    return c.json(jsonValue(options), 200);
  });
}
