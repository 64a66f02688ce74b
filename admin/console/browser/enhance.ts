// What the console adds where scripts run. Every page works without it.
import { addCopyButtons } from "./copy.ts";
import { readOutCharts } from "./read-out.ts";
import { showLocalTimes } from "./times.ts";
import { testInPlace } from "./trial.ts";

showLocalTimes(document);
addCopyButtons(document);
testInPlace(document);
readOutCharts(document);
