/**
 * Reads the data of a built script as the script's own interpreter would find it: the lines between the two ends of a
 * quoted here-document or a here-string. Shares nothing with the writer. Undefined where there is not exactly one such
 * block, or it is no base64.
 */
export function readShellData(script: Uint8Array, delimiter = 'FLEET_DATA'): Buffer | undefined {
  return decodeBlock(linesOf(script), `  cat <<'${delimiter}'`, delimiter)
}

/** The same for PowerShell: the here-string that `$name` is set to. */
export function readPowerShellData(script: Uint8Array, name: string): Buffer | undefined {
  return decodeBlock(linesOf(script), `$${name} = @'`, "'@")
}

function linesOf(script: Uint8Array): string[] {
  return new TextDecoder('utf-8', { fatal: true }).decode(script).split('\n')
}

function decodeBlock(lines: readonly string[], opening: string, closing: string): Buffer | undefined {
  const start = lines.indexOf(opening)
  if (start < 0 || lines.indexOf(opening, start + 1) >= 0) return undefined
  const end = lines.indexOf(closing, start + 1)
  if (end < 0) return undefined
  const text = lines.slice(start + 1, end).join('')
  const bytes = Buffer.from(text, 'base64')
  // Node skips what is no base64; the decoders on endpoints do not.
  return bytes.toString('base64') === text ? bytes : undefined
}

/** The JSON that a block holds; undefined where there is none. */
export function readJsonBlock(block: Buffer | undefined): unknown {
  if (block === undefined) return undefined
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(block))
  } catch {
    return undefined
  }
}
