import type { TokenView } from "../../registry/types.ts";
import { Copyable } from "../parts/copyable.tsx";
import { Done } from "../parts/done.tsx";
import { Layout } from "../parts/layout.tsx";
import { Warning } from "../parts/message.tsx";
import { Time } from "../parts/time.tsx";

interface ClaimLinkPageProps {
  token: TokenView;
  /** Path and secret. */
  path: string;
  /** The gateway's address; null where it isn't known. */
  gateway: string | null;
}

function Link({ path, gateway }: Pick<ClaimLinkPageProps, "path" | "gateway">) {
  if (gateway !== null) return <Copyable name="claim link" text={gateway + path} />;
  return (
    <>
      <p>
        Put the address of your gateway in front of this: <code>https://</code> and the hostname of the Worker{" "}
        <code>doppelgate-gateway</code>. Set the variable <code>GATEWAY_URL</code> of the admin and the whole link
        stands here.
      </p>
      <Copyable name="end of the link" text={path} />
    </>
  );
}

/** Shows a new claim link, this once. */
export function ClaimLinkPage({ token, path, gateway }: ClaimLinkPageProps) {
  return (
    <Layout title={`Claim link of ${token.label}`} section="tokens">
      <h1>Here is the claim link of “{token.label}”</h1>
      <Warning>
        <p>
          Whoever opens it first gets the token: send it to one person, on a way that you trust. You will not see it
          again, and never the token.
        </p>
      </Warning>
      {token.pending.includes("gateway") && (
        <Warning>
          <p>
            The gateway doesn't know of the link yet, so it doesn't work yet. Doppelgate goes on telling it by itself;
            the page of the token says when it is done.
          </p>
        </Warning>
      )}
      <section class="panel">
        <h2>Link</h2>
        <Link path={path} gateway={gateway} />
        <p>
          It works once
          {token.claim !== null && (
            <>
              {" "}
              and expires on <Time ms={token.claim.expiresAt} />
            </>
          )}
          . Previews of links in chats and mail don't use it up. The page of the token says when it was used, and from
          which country.
        </p>
      </section>
      <Done tokenId={token.id} />
    </Layout>
  );
}
