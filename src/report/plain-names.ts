import { platformNames } from '../bundle/places.js'

const productNames: Readonly<Record<string, string>> = {
  'claude-desktop': 'Claude Desktop',
  'claude-code': 'Claude Code',
}

/** A platform as people call it; any other text as it is. */
export function platformName(platform: string): string {
  return Object.hasOwn(platformNames, platform) ? platformNames[platform as keyof typeof platformNames] : platform
}

/** A product as people call it; any other text as it is. */
export function productName(product: string): string {
  return Object.hasOwn(productNames, product) ? productNames[product]! : product
}
