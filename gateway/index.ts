import { DurableObject, WorkerEntrypoint } from "cloudflare:workers";
export class Guard extends DurableObject {}
export class Control extends WorkerEntrypoint {
  async facts(): Promise<number> {
    return 1;
  }
}
export default {
  async fetch() {
    return new Response("x");
  },
};
