import { z } from "@hono/zod-openapi";
import { SERIES_KEYS } from "../../shared/usage.ts";
import { input, oneOf } from "../api/fields.ts";
import { CHART_SPAN_NAMES, MEASURES, TOP_KEYS } from "./series.ts";

// The schemas that check what of the usage over time is asked for: by the JSON API, and by the overview.

const MOST_KEYS = 20;
const TOP = `This has to be a whole number from 1 to ${MOST_KEYS}.`;

const span = z
  .enum(CHART_SPAN_NAMES, oneOf(CHART_SPAN_NAMES))
  .default("30d")
  .openapi({ description: "Up to now: 24 hours, 7, 30 or 90 days, or 12 months. Steps are whole ones of UTC." });
const by = z.enum(SERIES_KEYS, oneOf(SERIES_KEYS)).default("provider").openapi({ description: "What is told apart." });

/** Query of the series. */
export const seriesInput = input({
  span,
  by,
  top: z
    .string()
    .regex(/^\d{1,2}$/, TOP)
    .transform(Number)
    .refine((top) => top >= 1 && top <= MOST_KEYS, TOP)
    .default(TOP_KEYS)
    .openapi({ type: "integer", minimum: 1, maximum: MOST_KEYS, description: "How many keys are told apart." }),
});

/** Query of the overview's page. */
export const overviewQuery = input({ span, by, measure: z.enum(MEASURES, oneOf(MEASURES)).optional() });
