import { makeApp } from "./app.ts";

export { Registry } from "./registry/registry.ts";

export default makeApp();
