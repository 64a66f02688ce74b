import { createServer } from "node:net";

/**
 * Makes sure that a port of this machine can be listened on.
 *
 * @param port on 127.0.0.1
 * @param option the command line option that chooses it, named in the error
 * @throws where something listens there already, or the port is not allowed
 */
export async function claimPort(port: number, option: string): Promise<void> {
  const server = createServer();
  try {
    await new Promise<void>((resolve, reject) => {
      server.once("error", reject);
      server.listen(port, "127.0.0.1", resolve);
    });
  } catch (error) {
    const code = error instanceof Error && "code" in error ? error.code : "unknown";
    const why = code === "EADDRINUSE" ? "is in use" : `can't be used (${String(code)})`;
    throw new Error(`Port ${port} ${why}. Stop what uses it, or choose another with --${option}.`, { cause: error });
  } finally {
    await new Promise((resolve) => server.close(resolve));
  }
}
