import { join } from "node:path";
import packed, { inflate } from "@sparticuz/chromium";

// Run as a program of its own, see chromium.ts: the package unpacks into TMPDIR, which is one for a whole process.
const packageFolder = process.argv[2];
if (packageFolder === undefined) throw new Error("Name the package's folder.");
await packed.executablePath();
await inflate(join(packageFolder, "bin/al2023.tar.br"));
