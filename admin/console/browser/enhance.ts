// What the console adds where scripts run. Every page works without it.
import { guardForms } from "./busy.ts";
import { addCopyButtons } from "./copy.ts";
import { showSection } from "./sections.ts";
import { showLocalTimes } from "./times.ts";
import { testInPlace } from "./trial.ts";

showLocalTimes(document);
addCopyButtons(document);
testInPlace(document);
showSection(document);
// Last: a form that another one takes into its own hands is none of its.
guardForms(document);
