// What the console adds where scripts run. Every page works without it.
import { followBulk } from "./bulk.ts";
import { guardForms } from "./busy.ts";
import { addCopyButtons } from "./copy.ts";
import { nameDaysZone } from "./days.ts";
import { readOutCharts } from "./read-out.ts";
import { addKeys } from "./keys.ts";
import { showMeanings } from "./meaning.ts";
import { addRows } from "./rows.ts";
import { showSection } from "./sections.ts";
import { addSelection } from "./selection.ts";
import { showLocalTimes } from "./times.ts";
import { testInPlace } from "./trial.ts";
import { helpWithZones } from "./zones.ts";

showLocalTimes(document);
addCopyButtons(document);
addSelection(document);
addKeys(document);
followBulk(document);
testInPlace(document);
readOutCharts(document);
showSection(document);
addRows(document);
showMeanings(document);
helpWithZones(document);
nameDaysZone(document);
// Last: a form that another one takes into its own hands is none of its.
guardForms(document);
