import { describe, expect, it } from 'vitest'
import {
  type AppRow,
  type IdentityFlag,
  identifyApp,
  type LookAlike,
  mayConcernClaude,
} from '../../src/inventory/claude-product.js'
import type { EndpointPlatform } from '../../src/inventory/platform.js'

const bundleId = 'com.anthropic.claudefordesktop'
const publisher = 'Anthropic, PBC'

type Case = [EndpointPlatform, AppRow]

function counts(product: 'claude-desktop' | 'claude-code', flags: IdentityFlag[] = []) {
  return { product, flags, startable: true }
}

describe('Claude Desktop', () => {
  it.each<Case>([
    ['macos', { name: 'Claude.app', bundleId }],
    ['macos', { name: 'Claude', bundleId: ` ${bundleId.toUpperCase()}\u00a0` }],
    ['macos', { name: 'Claude 2.app', bundleId }],
    ['macos', { bundleId }],
    [
      'macos',
      { name: 'Claude.app', bundleId, table: 'apps', path: '/Applications/Claude.app', publisher: 'Anthropic PBC' },
    ],
    ['macos', { name: 'Claude.app', bundleId, publisher: 'Developer ID Application: Anthropic PBC (Q6L2SF6YDW)' }],
    ['macos', { name: 'Claude', publisher }],
    ['unknown', { name: 'Claude', publisher }],
    ['windows', { name: 'Claude', publisher }],
    ['windows', { name: 'CLAUDE ', publisher: 'anthropic, pbc' }],
    ['windows', { name: 'Claude', publisher: 'Anthropic PBC' }],
    ['windows', { name: 'Claude', publisher: 'Anthropic' }],
    ['windows', { name: 'Claude', publisher: 'Anthropic, PBC.' }],
    ['windows', { name: 'Claude', publisher: 'CN="Anthropic, PBC", O="Anthropic, PBC", L=San Francisco, C=US' }],
    ['windows', { name: 'Claude', publisher: 'CN=Anthropic PBC, O=Anthropic PBC' }],
    ['windows', { name: 'Claude (User)', publisher }],
    ['windows', { name: 'Claude.exe', publisher }],
    ['windows', { name: 'Claude Desktop', publisher }],
    ['windows', { name: 'Claude 1.1.4173', publisher }],
    ['windows', { name: 'Claude Desktop v1.1.4173', publisher }],
    ['windows', { name: 'Claude', packageFamily: 'Claude_pzs8sxrjxfjjc' }],
    ['windows', { name: 'ms-resource:AppName', packageFamily: 'AnthropicPBC.Claude_fnn82j28hfe8t' }],
    ['windows', { name: 'Claude_1.24012.11.0_x64__pzs8sxrjxfjjc' }],
    ['windows', { name: 'AnthropicPBC.Claude_1.24012.11.0_arm64__fnn82j28hfe8t' }],
    ['windows', { name: 'Claude', packageFamily: 'Claude_1.24012.11.0_neutral_~_pzs8sxrjxfjjc' }],
    ['windows', { name: 'Claude', identifier: 'Claude_pzs8sxrjxfjjc!Claude' }],
    ['windows', { name: 'Claude', identifier: 'Anthropic.Claude' }],
    ['windows', { name: 'Claude', identifier: 'ARP\\User\\X64\\AnthropicClaude' }],
    ['windows', { name: 'Claude', identifier: 'MSIX\\Claude_1.24012.11.0_x64__pzs8sxrjxfjjc' }],
    ['windows', { name: 'Claude', publisher, identifier: '{0F1E2D3C-0000-4000-8000-000000000001}' }],
    ['windows', { name: 'Claude', publisher, bundleId: '{0F1E2D3C-0000-4000-8000-000000000001}' }],
    ['linux', { name: 'claude-desktop', table: 'deb_packages', maintainer: 'Anthropic, PBC <support@anthropic.com>' }],
    ['linux', { name: 'claude-desktop', table: 'deb_packages', maintainer: 'Desktop team <x@linux.anthropic.com>' }],
    ['linux', { name: 'claude-desktop', table: 'rpm_packages', publisher: 'Anthropic' }],
    ['linux', { name: 'claude-desktop', maintainer: publisher }],
  ])('%s %j', (platform, row) => {
    expect(identifyApp(row, platform)).toEqual(counts('claude-desktop'))
  })

  it.each<Case>([
    ['macos', { name: 'Claude' }],
    ['macos', { name: 'Claude.app', table: 'apps' }],
    ['macos', { name: '\u00a0claude ', publisher: '--', bundleId: '' }],
    ['macos', { name: 'Claude', publisher: 'Unknown', bundleId: 'N/A' }],
    ...['-', '(none)', 'none', 'not available', 'null', 'unknown publisher'].map(
      (nothing): Case => ['macos', { name: 'Claude', publisher: nothing, bundleId: nothing }],
    ),
    ['macos', { name: 'Claude', bundleId: 'noreversedomain' }],
    ['macos', { name: 'Claude', bundleId: '.x' }],
    ['macos', { name: 'Claude', bundleId: 'x.' }],
    ['macos', { name: 'Claude', bundleId: 'com.example.x/y' }],
    ['macos', { name: 'Claude', bundleId: '{com.example}' }],
    ['macos', { name: 'Claude', table: 'my_chrome_extensions_table' }],
    ['macos', { name: 'Claude', table: 'chrome_extensions_old' }],
    ['macos', { name: 'Claude', table: 'x_vscode_extensions' }],
    ['macos', { name: 'Claude', table: 'vscode_extensions_old' }],
    ['macos', { name: 'Claude', table: 'x_python_packages' }],
    ['macos', { name: 'Claude', table: 'python_packages_old' }],
    ['windows', { name: 'Claude', identifier: 'hash_0123456789abcd' }],
    ['windows', { name: 'Claude', identifier: 'hash_0123456789ab' }],
    ['windows', { name: 'Claude', identifier: 'hash_0123456789abc/x' }],
    ['windows', { name: 'Claude (User)' }],
    ['windows', { name: 'Claude', identifier: '{0F1E2D3C-0000-4000-8000-000000000001}' }],
    ['unknown', { name: 'Claude' }],
  ])('by its exact name alone: %s %j', (platform, row) => {
    expect(identifyApp(row, platform)).toEqual(counts('claude-desktop', ['identified-by-name']))
  })

  it.each<Case>([
    ['linux', { name: 'claude-desktop', table: 'deb_packages' }],
    ['linux', { name: 'claude-desktop', table: 'rpm_packages', publisher: '(none)' }],
    ['linux', { name: 'claude-desktop' }],
  ])('from nobody knows where: %s %j', (platform, row) => {
    expect(identifyApp(row, platform)).toEqual(counts('claude-desktop', ['unverified-origin']))
  })

  it('as Homebrew once installed it', () => {
    expect(identifyApp({ name: 'claude', table: 'homebrew_packages' }, 'macos')).toEqual(
      counts('claude-desktop', ['installer-record']),
    )
  })
})

describe('Claude Code', () => {
  it.each<Case>([
    ['macos', { name: 'claude-code', table: 'homebrew_packages' }],
    ['macos', { name: 'claude-code@latest', table: 'homebrew_packages' }],
    ['macos', { name: '@anthropic-ai/claude-code', table: 'npm_packages' }],
    ['windows', { name: '@anthropic-ai/claude-code' }],
    ['windows', { name: 'Claude Code', identifier: 'Anthropic.ClaudeCode' }],
    ['windows', { name: 'Claude Code', publisher }],
    ['linux', { name: 'claude-code', table: 'deb_packages', maintainer: publisher }],
    ['macos', { name: 'claude', path: '/Users/ada/.local/bin/claude' }],
    ['linux', { name: 'claude', path: '/home/ada/.local/share/claude/versions/2.1.209' }],
    ['windows', { name: 'claude.exe', publisher, path: 'C:\\Users\\ada\\.local\\bin\\claude.exe' }],
  ])('%s %j', (platform, row) => {
    expect(identifyApp(row, platform)).toEqual(counts('claude-code'))
  })

  it.each<[EndpointPlatform, AppRow, IdentityFlag]>([
    ['windows', { name: 'Claude Code' }, 'identified-by-name'],
    ['macos', { name: 'claude-code' }, 'identified-by-name'],
    ['linux', { name: 'claude-code', table: 'rpm_packages' }, 'unverified-origin'],
  ])('%s %j, %s', (platform, row, flag) => {
    expect(identifyApp(row, platform)).toEqual(counts('claude-code', [flag]))
  })
})

describe('look-alikes', () => {
  it.each<[EndpointPlatform, AppRow, LookAlike]>([
    ['macos', { name: 'Claude Helper (GPU).app' }, 'helper-bundle'],
    ['macos', { name: 'Claude Helper.app', bundleId: `${bundleId}.helper` }, 'helper-bundle'],
    ['macos', { name: 'Claude.app', bundleId: `${bundleId}.ShipIt` }, 'helper-bundle'],
    ['macos', { name: 'Claude Helper.app', bundleId: 'com.github.Electron.helper' }, 'helper-bundle'],
    ['macos', { name: 'Claude.app', path: '/Applications/Claude.app/Contents/Helpers/Claude.app' }, 'helper-bundle'],
    ['macos', { name: 'Claude.app', path: '/Applications/Claude.app/Contents/Helpers/Claude.app/x' }, 'helper-bundle'],
    ['macos', { name: 'Claude.app', bundleId: 'com.example.claude' }, 'other-vendor'],
    ['macos', { name: 'Claude.app', bundleId: `${bundleId}2` }, 'other-product'],
    ['macos', { name: 'Claude.app', bundleId: `x.${bundleId}` }, 'other-vendor'],
    ['macos', { name: 'Claude.app', bundleId, publisher: 'Somebody Else' }, 'other-vendor'],
    ['macos', { name: 'Claude', publisher: 'Somebody Else' }, 'other-vendor'],
    ['macos', { name: 'Claude', publisher, bundleId: 'com.example.claude' }, 'other-vendor'],
    ['macos', { name: 'Claude', bundleId: 'com.anthropic.claude' }, 'other-product'],
    ['macos', { name: 'Claude Console.app' }, 'name-only'],
    ['macos', { name: 'Claude Desktop' }, 'name-only'],
    ['macos', { name: 'Claude 1.1.4173' }, 'name-only'],
    ['macos', { name: 'Claude 2.app' }, 'name-only'],
    ['macos', { name: 'Claude Console', publisher: 'Somebody Else' }, 'other-vendor'],
    ['macos', { name: 'Claude Console', publisher }, 'other-product'],
    ['macos', { name: 'Claude Desktop Tools', publisher }, 'other-product'],
    ['macos', { name: 'My Claude', publisher }, 'other-product'],
    ['macos', { name: 'My Claude' }, 'name-only'],
    ['windows', { name: 'Claude', publisher: 'Anthropic Fans LLC' }, 'other-vendor'],
    ['windows', { name: 'Claude', publisher: 'Not Anthropic, PBC' }, 'other-vendor'],
    ['windows', { name: 'Claude', publisher: 'Anthropic, PBC Fans' }, 'other-vendor'],
    ['windows', { name: 'Claude', publisher: 'CN=Evil, O="Anthropic, PBC"' }, 'other-vendor'],
    ['windows', { name: 'Claude', publisher: 'CN="Anthropic, PBC Fans"' }, 'other-vendor'],
    ['windows', { name: 'Claude', publisher: 'OU=x, CN="Anthropic, PBC"' }, 'other-vendor'],
    ['windows', { name: 'Claude', packageFamily: 'Claude_abcdefghijklm' }, 'other-vendor'],
    ['windows', { name: 'Claude_1.2.3.0_x64__abcdefghijklm' }, 'other-vendor'],
    ['windows', { name: 'Claude', identifier: 'Anthropic.Claude', publisher: 'Somebody Else' }, 'other-vendor'],
    ['windows', { name: 'Claude Code', publisher: 'Somebody Else' }, 'other-vendor'],
    [
      'windows',
      { name: 'claude.exe', publisher: 'Somebody Else', path: 'C:\\Users\\a\\.local\\bin\\claude.exe' },
      'other-vendor',
    ],
    ['windows', { name: 'Ant', identifier: 'Anthropic.Ant' }, 'other-product'],
    ['windows', { name: 'Anthropic Console', publisher }, 'other-product'],
    ['windows', { name: 'Claude (User) (User)', publisher }, 'other-product'],
    ['windows', { name: 'Claude (User) x' }, 'name-only'],
    ['windows', { name: 'Claude for Excel', publisher }, 'office-add-in'],
    ['windows', { name: 'Claude for Microsoft 365' }, 'office-add-in'],
    ['windows', { name: 'Claude in PowerPoint (Beta)' }, 'office-add-in'],
    ['windows', { name: 'Claude for Word' }, 'office-add-in'],
    ['windows', { name: 'Claude for Outlook' }, 'office-add-in'],
    ['windows', { name: 'Claude for Office' }, 'office-add-in'],
    ['windows', { name: 'Claude for Excellence' }, 'name-only'],
    ['windows', { name: 'Claude in Chrome' }, 'browser-extension'],
    ['windows', { name: 'Claude for Google Chrome' }, 'browser-extension'],
    ['windows', { name: 'Claude in Edge' }, 'browser-extension'],
    ['windows', { name: 'Claude', identifier: 'fcoeoabgfenejglbffodgkkbkcdhcgfn' }, 'browser-extension'],
    ['windows', { name: 'Extension', identifier: 'fcoeoabgfenejglbffodgkkbkcdhcgfn' }, 'browser-extension'],
    ['macos', { name: 'Claude', table: 'chrome_extensions' }, 'browser-extension'],
    ['macos', { name: 'Claude', publisher, table: 'firefox_addons' }, 'browser-extension'],
    ['macos', { name: 'Claude', bundleId: 'com.anthropic.claude_browser_extension' }, 'browser-extension'],
    ['macos', { name: 'anthropic.claude-code', table: 'vscode_extensions' }, 'editor-extension'],
    ['macos', { name: 'Claude Code', table: 'jetbrains_plugins' }, 'editor-extension'],
    ['macos', { name: 'claude', table: 'npm_packages' }, 'other-package'],
    ['macos', { name: '@anthropic-ai/claude-code-sdk', table: 'npm_packages' }, 'other-package'],
    ['macos', { name: 'anthropic', table: 'python_packages' }, 'other-package'],
    ['windows', { name: 'claude', table: 'chocolatey_packages' }, 'other-package'],
    ['macos', { name: 'claude-squad', table: 'homebrew_packages' }, 'other-package'],
    ['macos', { name: 'claude-code@beta', table: 'homebrew_packages' }, 'other-package'],
    ['linux', { name: 'claude', table: 'deb_packages' }, 'other-package'],
    [
      'linux',
      { name: 'claude-desktop', table: 'deb_packages', maintainer: 'Claude Desktop Linux Maintainers' },
      'unofficial-rebuild',
    ],
    [
      'linux',
      { name: 'claude-desktop', table: 'deb_packages', maintainer: 'Anthropic, PBC <me@example.org>' },
      'unofficial-rebuild',
    ],
    [
      'linux',
      { name: 'claude-desktop', table: 'deb_packages', maintainer: 'x <a@notanthropic.com>' },
      'unofficial-rebuild',
    ],
    [
      'linux',
      { name: 'claude-desktop', table: 'deb_packages', maintainer: 'x <a@anthropic.com.example>' },
      'unofficial-rebuild',
    ],
    ['linux', { name: 'claude-desktop', table: 'deb_packages', publisher, maintainer: 'me' }, 'unofficial-rebuild'],
    ['linux', { name: 'claude-desktop-unofficial', table: 'deb_packages' }, 'unofficial-rebuild'],
    ['linux', { name: 'claude-desktop-extra', table: 'rpm_packages' }, 'unofficial-rebuild'],
    ['linux', { name: 'claude-desktop-bin' }, 'unofficial-rebuild'],
    ['linux', { name: 'Claude-1.2.3-x86_64.AppImage' }, 'unofficial-rebuild'],
    ['linux', { name: 'x-claude-desktop-y', table: 'deb_packages' }, 'other-package'],
    ['linux', { name: 'claude.appimage-tools', table: 'deb_packages' }, 'other-package'],
    [
      'linux',
      { name: 'claude-desktop', table: 'deb_packages', maintainer: 'x <a@anthropic.com> y' },
      'unofficial-rebuild',
    ],
    [
      'linux',
      { name: 'claude-desktop', table: 'deb_packages', maintainer: 'x < y <a@anthropic.com>' },
      'unofficial-rebuild',
    ],
    [
      'linux',
      { name: 'claude-desktop', table: 'deb_packages', maintainer: 'x <@anthropic.com>' },
      'unofficial-rebuild',
    ],
    [
      'linux',
      { name: 'claude-desktop', table: 'deb_packages', maintainer: 'x <a@.anthropic.com>' },
      'unofficial-rebuild',
    ],
    ['windows', { name: 'Claude_1.2.3.0_x64__pzs8sxrjxfjjcc', publisher }, 'other-product'],
    ['windows', { name: 'My_Claude_1.2.3.0_x64__pzs8sxrjxfjjc', publisher }, 'other-vendor'],
    ['windows', { name: 'Claude__x64__pzs8sxrjxfjjc', publisher }, 'other-vendor'],
    ['windows', { name: 'Claude_1.2.3.0___pzs8sxrjxfjjc', publisher }, 'other-vendor'],
    ['windows', { name: 'x (user) Claude', publisher }, 'other-product'],
    ['windows', { name: 'Claude (User).x', publisher }, 'other-product'],
    ['windows', { name: 'Claude.app.x', publisher }, 'other-product'],
    ['windows', { name: 'Claudexapp', publisher: 'Somebody', identifier: 'Anthropic.Claude' }, 'other-vendor'],
    ['windows', { name: 'Claude', identifier: 'x.Anthropic.Foo', publisher: 'Somebody' }, 'other-vendor'],
    ['windows', { name: 'The Claude for Excel' }, 'name-only'],
    ['windows', { name: 'The Claude in Chrome' }, 'name-only'],
    ['windows', { name: 'Claude in Chromeless' }, 'name-only'],
    ['windows', { name: 'Claude Helpers' }, 'name-only'],
    ['windows', { name: 'My Claude Helper' }, 'name-only'],
    ['windows', { name: 'Claude v1x', publisher }, 'other-product'],
    ['windows', { name: 'x Claude 1.2', publisher }, 'other-product'],
    ['windows', { name: 'Claude Desktop x', publisher }, 'other-product'],
    ['linux', { name: 'claude' }, 'name-only'],
    ['linux', { name: 'claude', publisher }, 'other-product'],
    ['linux', { name: 'claude', publisher: 'Somebody' }, 'other-vendor'],
    ['other', { name: 'Claude' }, 'mobile-app'],
    ['other', { name: 'Claude', publisher }, 'mobile-app'],
    ['other', { name: 'Claude', bundleId: 'com.anthropic.claude' }, 'other-product'],
    [
      'macos',
      { name: 'claude', path: '/Users/a/Library/Application Support/Claude/claude-code/2.1.209/claude' },
      'engine-inside-desktop',
    ],
    [
      'macos',
      { name: 'claude', path: '/Users/a/Library/Application Support/Claude-3p/claude-code-vm/2.1.209/claude' },
      'engine-inside-desktop',
    ],
    [
      'macos',
      {
        name: 'claude',
        path: '/Users/a/Library/Application Support/Claude/claude-code/2.1.9/claude.app/Contents/MacOS/claude',
      },
      'engine-inside-desktop',
    ],
    [
      'windows',
      {
        name: 'claude.exe',
        publisher,
        path: 'C:\\Users\\a\\AppData\\Roaming\\Claude\\claude-code\\2.1.209\\claude.exe',
      },
      'engine-inside-desktop',
    ],
    [
      'windows',
      {
        name: 'claude.exe',
        path: 'C:\\Users\\a\\AppData\\Local\\Claude-Data\\Claude_pzs8sxrjxfjjc\\claude-code\\2.1.209\\claude.exe',
      },
      'engine-inside-desktop',
    ],
    [
      'linux',
      { name: 'claude-code', path: '/home/a/.config/Claude/claude-code/2.1.209/claude' },
      'engine-inside-desktop',
    ],
  ])('%s %j: %s', (platform, row, lookAlike) => {
    expect(identifyApp(row, platform)).toEqual({ lookAlike })
  })
})

describe('what has nothing to do with Claude', () => {
  it.each<AppRow>([
    {},
    { name: '' },
    { name: 'Slack.app', bundleId: 'com.tinyspeck.slackmacgap' },
    { name: 'Claudette' },
    { name: 'Jean-Claudes Uhr' },
    { name: 'miclaude' },
    { name: 'Сlaude' },
    { name: 'Notes', publisher },
    { name: 'Notes', path: '/Users/a/.local/bin/claude' },
  ])('%j', (row) => {
    expect(identifyApp(row, 'macos')).toBeUndefined()
  })
})

describe('copies that nobody can start', () => {
  it.each([
    ['/Users/a/.Trash/Claude.app', 'trash'],
    ['/Volumes/Data/.Trashes/501/Claude.app', 'trash'],
    ['/home/a/.local/share/Trash/files/Claude.app', 'trash'],
    ['C:\\$Recycle.Bin\\S-1-5-21\\Claude.exe', 'trash'],
    ['C:\\Program Files\\WindowsApps\\Deleted\\Claude_1.2.3.0\\Claude.exe', 'trash'],
    ['C:\\Program Files\\WindowsApps\\DeletedAllUserPackages\\Claude_1.2.3.0\\Claude.exe', 'trash'],
    ['/Volumes/TM/Backups.backupdb/mac/Latest/Data/Applications/Claude.app', 'backup'],
    ['/Volumes/.timemachine/x/Applications/Claude.app', 'backup'],
    ['/Volumes/com.apple.TimeMachine.localsnapshots/x/Claude.app', 'backup'],
    ['C:\\Windows.old\\Users\\a\\AppData\\Local\\AnthropicClaude\\claude.exe', 'backup'],
    ['/Users/a/Library/Caches/com.anthropic.claudefordesktop.ShipIt/update.x/Claude.app', 'update-cache'],
    ['/Volumes/Claude/Claude.app', 'disk-image'],
    ['/Volumes/Claude 1/Claude.app/', 'disk-image'],
  ])('%s: %s', (path, notStartable) => {
    expect(identifyApp({ name: 'Claude', bundleId, path }, 'macos')).toEqual({
      product: 'claude-desktop',
      flags: [],
      startable: false,
      notStartable,
    })
  })

  it.each([
    undefined,
    '',
    '/Applications/Claude.app',
    '/Users/a/Applications/Claude.app',
    '/Users/a/Downloads/Claude.app',
    '/Users/a/Desktop/Trash/Claude.app',
    '/Users/a/.TrashX/Claude.app',
    '/Volumes/Macintosh HD/Applications/Claude.app',
    '/Volumes/Work/Claude.app',
    '/Volumes/Claude/Applications/Claude.app',
    '/Users/a/Volumes/Claude/Claude.app',
    'C:\\Program Files\\WindowsApps\\Claude_1.24012.11.0_x64__pzs8sxrjxfjjc\\app\\Claude.exe',
    'C:\\Users\\a\\AppData\\Local\\AnthropicClaude\\app-1.1.4173\\claude.exe',
  ])('but %s can be started', (path) => {
    expect(identifyApp({ name: 'Claude', bundleId, path }, 'macos')).toEqual(counts('claude-desktop'))
  })
})

describe('mayConcernClaude', () => {
  it.each<[string, string | undefined, boolean]>([
    ['Claude.app', undefined, true],
    ['CLAUDE', undefined, true],
    ['AnthropicClaude', undefined, true],
    ['Anthropic Console', undefined, true],
    ['ms-resource:AppName', 'Claude_pzs8sxrjxfjjc', true],
    ['Ant', 'Anthropic.Ant', true],
    ['Extension', 'fcoeoabgfenejglbffodgkkbkcdhcgfn', true],
    ['Slack', 'com.tinyspeck.slackmacgap', false],
    ['Slack', undefined, false],
    ['', undefined, false],
    ['', '', false],
  ])('%j %j: %s', (name, id, expected) => {
    expect(mayConcernClaude(name, id)).toBe(expected)
  })
})
