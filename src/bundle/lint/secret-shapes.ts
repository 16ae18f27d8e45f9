/** How secrets look. Lists that err on the side of names: a value alone is a secret only in a form that nothing else has. */

/** Names of headers, variables and fields whose values are secrets. */
const secretName =
  /(?:^|[-_.])(?:authorization|api[-_]?key|apikey|key|token|secret|password|passwd|passphrase|credentials?|cookie|dsn)$|^x-honeycomb-team$/i

/** Names that end like a secret and hold a path, a kind or a number instead. */
const noSecret =
  /^(?:OTEL_EXPORTER_OTLP_(?:[A-Z]+_)?CLIENT_KEY|CLAUDE_CODE_CLIENT_KEY|SSL_KEY|.*PUBLIC_KEY|.*_FILE_KEY)$/i

/** Whether what has this name is a secret. */
export function isSecretName(name: string): boolean {
  return secretName.test(name) && !noSecret.test(name)
}

/** The secrets among headers written as `a=b,c=d` or `a: b`, by name. */
export function secretHeadersIn(text: string): string[] {
  return text.split(/[,\n]/).flatMap((entry) => {
    const header = /^\s*["[{]*(?<name>[A-Za-z0-9!#$%&'*+.^_|~-]+)"?\s*[=:]\s*(?<value>.*)$/.exec(entry)?.groups
    return header?.name !== undefined && isSecretName(header.name) && !isReference(header.value ?? '')
      ? [header.name]
      : []
  })
}

/**
 * A place where a secret will be put, and no secret: an environment or payload variable, a reference, or an example's
 * placeholder. Also `Bearer ${TOKEN}`, and texts that are too short to guard anything.
 */
export function isReference(text: string): boolean {
  const value = text.trim().replace(/^(?:Bearer|Basic|Token|ApiKey)(?: |%20)+/i, '')
  if (value.length < 4 || /^\d{1,9}$|^(?:true|false|none|null)$/i.test(value)) return true
  return (
    /^(?:~?\/|[A-Za-z]:\\)\S+\.(?:crt|json|key|p12|pem|pfx|sock|txt)$/i.test(value) ||
    /^\$\{[^}]+\}$|^\$[A-Za-z_][A-Za-z0-9_]*$|^%[A-Za-z_][A-Za-z0-9_]*%$/.test(value) ||
    /^\{\{[^}]+\}\}$|^<[^<>]+>$/.test(value) ||
    /^(?:env|file|op|vault|keychain):/i.test(value) ||
    /^(?:x{3,}|\*{3,}|\.{3,}|…|redacted|changeme|your[-_ ].*)$/i.test(value)
  )
}

/** Public forms of keys and tokens, each with the page that describes it. */
const tokens: readonly (readonly [RegExp, string])[] = [
  [/\bsk-ant-[A-Za-z0-9_-]{16,}/, 'a key of Anthropic'],
  // https://docs.github.com/authentication/keeping-your-account-and-data-secure/about-authentication-to-github
  [/\b(?:gh[pousr]_[A-Za-z0-9]{30,}|github_pat_[A-Za-z0-9_]{30,})/, 'a token of GitHub'],
  [/\bglpat-[A-Za-z0-9_-]{20,}/, 'a token of GitLab'],
  // https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html
  [/\b(?:AKIA|ASIA)[A-Z0-9]{16}\b/, 'an access key of AWS'],
  [/\bxox[abprs]-[A-Za-z0-9-]{10,}/, 'a token of Slack'],
  [/\beyJ[A-Za-z0-9_-]{10,}\.eyJ[A-Za-z0-9_-]{10,}\.[A-Za-z0-9_-]{10,}/, 'a signed token (JWT)'],
  [/-----BEGIN [A-Z ]*PRIVATE KEY-----/, 'a private key'],
]

/** What kind of key or token stands in a text, whatever it is called. */
export function knownToken(text: string): string | undefined {
  return tokens.find(([pattern]) => pattern.test(text))?.[1]
}
