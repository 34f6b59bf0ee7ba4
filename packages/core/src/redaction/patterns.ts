/** Shapes of secrets, each linear to match: no nested repetition, every repetition bounded or over one character class. */

/** A kind of secret and where its value sits: group 1 is kept, group 2 is masked; without groups the whole match is. */
export interface SecretPattern {
  readonly kind: string;
  readonly expression: RegExp;
}

/** Written from the vendors' published token formats (GitHub, GitLab, Slack, AWS, Stripe, OpenAI, Anthropic, Google, npm), RFC 7468 (PEM), RFC 7519 (JWT), RFC 3986 (userinfo) and RFC 6750 (bearer). */
export const SECRET_PATTERNS: readonly SecretPattern[] = [
  {
    kind: 'private-key',
    expression:
      /-----BEGIN [A-Z0-9 ]{0,40}PRIVATE KEY-----[^-]{0,20000}(?:-----END [A-Z0-9 ]{0,40}PRIVATE KEY-----|$)/g,
  },
  { kind: 'github-token', expression: /\bgh[pousr]_[A-Za-z0-9]{20,255}\b|\bgithub_pat_[A-Za-z0-9_]{20,255}\b/g },
  { kind: 'gitlab-token', expression: /\bglpat-[A-Za-z0-9_-]{20,64}/g },
  { kind: 'slack-token', expression: /\bxox[abeoprs]-[A-Za-z0-9-]{10,255}/g },
  { kind: 'aws-key-id', expression: /\b(?:AKIA|ASIA)[A-Z0-9]{16}\b/g },
  { kind: 'stripe-key', expression: /\b[rs]k_(?:live|test)_[A-Za-z0-9]{16,255}\b/g },
  { kind: 'api-key', expression: /\bsk-(?:ant-|proj-)?[A-Za-z0-9_-]{20,255}/g },
  { kind: 'google-key', expression: /\bAIza[A-Za-z0-9_-]{35}/g },
  { kind: 'npm-token', expression: /\bnpm_[A-Za-z0-9]{36}\b/g },
  { kind: 'jwt', expression: /\beyJ[A-Za-z0-9_-]{8,4096}\.[A-Za-z0-9_-]{8,8192}\.[A-Za-z0-9_-]{8,4096}/g },
  { kind: 'url-password', expression: /\b([a-z][a-z0-9+.-]{1,30}:\/\/[^\s:/@]{0,255}:)([^\s@/]{1,255})(?=@)/gi },
  { kind: 'bearer', expression: /\b((?:bearer|basic|token)[ \t]{1,4})([A-Za-z0-9._~+/=-]{16,4096})/gi },
  {
    // Quotes may be escaped: a program that logs JSON is told inside the JSON of a journal. The escape before the quote
    // that ends a value is no part of it, so that what is masked is still JSON.
    kind: 'assigned-secret',
    expression:
      /((?:password|passwd|passphrase|secret|api[_-]?key|access[_-]?key|auth[_-]?token|access[_-]?token|private[_-]?key|client[_-]?secret)(?:\\{0,3}["'])?[ \t]{0,4}[=:][ \t]{0,4}(?:\\{0,3}["'])?)((?:\\[^\s"']|[^\s"',;&\\]){4,1024})/gi,
  },
];
