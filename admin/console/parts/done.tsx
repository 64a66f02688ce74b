/** The way on from a page that shows something once. */
export function Done({ tokenId }: { tokenId: string }) {
  return (
    <p>
      <a class="button" href={`/tokens/${tokenId}`}>
        Done, I have copied it
      </a>
    </p>
  );
}
