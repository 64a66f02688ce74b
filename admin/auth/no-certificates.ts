// Stands in for `@peculiar/x509`, and for `reflect-metadata`, which only that one needs, in the bundle (`[alias]` of
// wrangler.admin.toml). @simplewebauthn/server uses it to follow an authenticator's certificates up to its maker's. This admin
// asks for none, so a passkey that brings some is refused.

/** Refuses to be called, with `new` and without. */
function NoCertificates(): never {
  throw new Error("Certificates of authenticators aren't read here.");
}

export {
  NoCertificates as AuthorityKeyIdentifierExtension,
  NoCertificates as CRLDistributionPointsExtension,
  NoCertificates as SubjectKeyIdentifierExtension,
  NoCertificates as X509Certificate,
  NoCertificates as X509ChainBuilder,
  NoCertificates as X509Crl,
};
