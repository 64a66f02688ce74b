// What the console adds where scripts run. Every page works without it.
import { followBulk } from "./bulk.ts";
import { addCopyButtons } from "./copy.ts";
import { readOutCharts } from "./read-out.ts";
import { addKeys } from "./keys.ts";
import { addSelection } from "./selection.ts";
import { showLocalTimes } from "./times.ts";
import { testInPlace } from "./trial.ts";

showLocalTimes(document);
addCopyButtons(document);
addSelection(document);
addKeys(document);
followBulk(document);
testInPlace(document);
readOutCharts(document);
