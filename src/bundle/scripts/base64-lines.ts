/** Base64 in lines of 76 characters, without a final line end: what every decoder takes, `openssl base64 -d` included. */
export function base64Lines(bytes: Uint8Array): string {
  return (
    Buffer.from(bytes)
      .toString('base64')
      .match(/.{1,76}/g) ?? []
  ).join('\n')
}

export function isBase64Lines(text: string): boolean {
  return /^(?:[A-Za-z0-9+/=]{1,76}(?:\n|$))+$/.test(text)
}
