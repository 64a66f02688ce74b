import type { Context, Hono } from "hono";
import { type FieldError, refused } from "../../api/problem.ts";
import type { AdminApp } from "../../context.ts";
import { inTime } from "../../deadline.ts";
import { isProvider } from "../../../shared/providers.ts";
import type { PriceChange, PriceName } from "../../registry/prices.ts";
import type { Refusal } from "../../registry/types.ts";
import { readForm } from "../forms.ts";
import { noticeText, withNotice } from "../notices.ts";
import { goOn, page } from "../page.tsx";
import { PriceFormPage } from "../pages/price-form.tsx";
import { PricesPage } from "../pages/prices.tsx";
import { emptyValues, enteredPrice, priceFrom, priceNameFrom, valuesOfPrice } from "../price-forms.ts";

type PriceContext = Context<AdminApp>;

const MAX_QUERY = 200;
const MISSING: Refusal = { kind: "missing", field: null, message: "There is no such price of yours any more." };

const isNamed = ({ provider, model }: PriceName, name: PriceName): boolean =>
  provider === name.provider && model === name.model;

async function readAll(c: PriceContext) {
  const { registry, gateway } = c.var.bindings;
  const [own, builtIn] = await Promise.all([registry.readPrices(), inTime(gateway.builtInPrices()).catch(() => null)]);
  return { own, builtIn };
}

async function change(c: PriceContext, wanted: PriceChange): Promise<Response | Refusal> {
  const outcome = await c.var.bindings.registry.changePrices(wanted, c.var.actor);
  if (!outcome.ok) return outcome.refusal;
  return goOn(c, withNotice("/prices", outcome.value.pending ? "prices-pending" : "prices-saved"));
}

/** Takes a form's price: a new one, or one in the place of another. */
async function save(c: PriceContext): Promise<Response> {
  const form = await readForm(c);
  const inPlaceOf = priceNameFrom(form.get("oldProvider"), form.get("oldModel"));
  const values = enteredPrice(form);
  const again = (errors: readonly FieldError[], status: 409 | 422) =>
    page(c, <PriceFormPage values={values} inPlaceOf={inPlaceOf} errors={errors} />, status);
  const checked = priceFrom(values);
  if (!checked.ok) return again(checked.errors, 422);
  const done = await change(c, { do: "put", price: checked.input, inPlaceOf });
  if (done instanceof Response) return done;
  if (done.kind === "missing") throw refused(done);
  return again([{ field: done.field ?? "form", message: done.message }], 409);
}

/** Does something to the price that a form names. */
async function act(c: PriceContext, what: "remove" | "moveUp"): Promise<Response> {
  const form = await readForm(c);
  const price = priceNameFrom(form.get("provider"), form.get("model"));
  if (price === null) throw refused(MISSING);
  const done = await change(c, { do: what, price });
  if (done instanceof Response) return done;
  throw refused(done);
}

/** What models cost: the built-in prices, and the owner's over them. */
export function pricePages(app: Hono<AdminApp>): void {
  app.get("/prices", async (c) => {
    const query = (c.req.query("query") ?? "").trim().slice(0, MAX_QUERY);
    const notice = noticeText(c.req.query("done"));
    const asked = c.req.query("provider");
    const provider = isProvider(asked) ? asked : null;
    return page(c, <PricesPage {...await readAll(c)} query={query} provider={provider} notice={notice} />);
  });

  app.get("/prices/new", async (c) => {
    const like = priceNameFrom(c.req.query("provider"), c.req.query("model"));
    const found = like && (await readAll(c)).builtIn?.prices.find((price) => isNamed(price, like));
    const known = found ?? null;
    const values = known ? valuesOfPrice(known) : emptyValues(like?.provider, like?.model);
    return page(c, <PriceFormPage values={values} inPlaceOf={null} errors={[]} like={known} />);
  });

  app.get("/prices/edit", async (c) => {
    const name = priceNameFrom(c.req.query("provider"), c.req.query("model"));
    const { prices } = await c.var.bindings.registry.readPrices();
    const price = name && prices.find((one) => isNamed(one, name));
    if (!price) throw refused(MISSING);
    return page(c, <PriceFormPage values={valuesOfPrice(price)} inPlaceOf={name} errors={[]} />);
  });

  app.post("/prices", save);
  app.post("/prices/remove", async (c) => act(c, "remove"));
  app.post("/prices/up", async (c) => act(c, "moveUp"));
}
