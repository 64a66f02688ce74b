import type { Problem } from "../../api/problem.ts";
import { Layout } from "../parts/layout.tsx";

/** What went wrong, as a page of its own. */
export function ProblemPage({ problem, signedIn }: { problem: Problem; signedIn: boolean }) {
  return (
    <Layout title={problem.title} section={null} signedIn={signedIn}>
      <div class="narrow">
        <h1>{problem.title}</h1>
        <p>{problem.detail}</p>
        <p>
          <a class="button" href="/">
            {signedIn ? "To the tokens" : "To the sign-in"}
          </a>
        </p>
      </div>
    </Layout>
  );
}
