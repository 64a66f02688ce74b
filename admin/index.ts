import { DurableObject } from "cloudflare:workers";
export class Registry extends DurableObject {}
export default {
  async fetch() {
    return new Response("x");
  },
};
