// What the console adds where scripts run. Every page works without it.
import { addCopyButtons } from "./copy.ts";
import { focusFirst } from "./focus.ts";
import { showMeanings } from "./meaning.ts";
import { addRows } from "./rows.ts";
import { showLocalTimes } from "./times.ts";
import { helpWithZones } from "./zones.ts";

showLocalTimes(document);
addCopyButtons(document);
addRows(document);
helpWithZones(document);
showMeanings(document);
focusFirst(document);
