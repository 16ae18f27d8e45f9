import {
  behaviour,
  both,
  bothLater,
  inactive,
  key,
  managedOnly,
  retired,
  schema,
  seenIn,
  served,
  signIn,
  signInSchema,
} from './desktop-key-row.js'
import type { DesktopKey } from './desktop-keys.js'

const dxtAfter = 'Desktop extensions are off, or only signed ones load.'

/** Keys that both deployments read, and those for sign-in with Claude.ai only. */
export const signInKeys: readonly DesktopKey[] = [
  // Read in both deployments.
  both('allowedWorkspaceFolders', 'object[]', {
    ...served,
    alternative: 'string[]',
    note: 'Objects with path, isDefaultSelected and mode are described for third-party deployments, texts for sign-in.',
  }),
  both('autoUpdaterEnforcementHours', 'integer', { ...behaviour, minimum: 1, maximum: 72 }),
  both('banner', 'object', { ...served, since: '1.7196.0' }),
  bothLater('blockReadsOutsideWorkingDirectories', 'boolean', { since: '1.46388.1' }),
  both('builtinToolPolicy', 'object', { ...served, since: '1.8089.0' }),
  both('disableAutoUpdates', 'boolean', behaviour),
  both('disableBundledSkills', 'boolean', { ...served, since: '1.15962.0' }),
  bothLater('disableConfigDeprecationWarnings', 'boolean', { ...served, since: '1.40609.0' }),
  both('disabledBuiltinTools', 'string[]', served),
  key('both', schema)('disableWslSessions', 'boolean', seenIn('1.32885.1')),
  bothLater('egressProxyPacUrl', 'string', { ...managedOnly, since: '1.44121.1', appBehaviour: true }),
  bothLater('egressProxyUrl', 'string', { ...managedOnly, since: '1.44121.1', appBehaviour: true }),
  both('isClaudeCodeForDesktopEnabled', 'boolean', served),
  both('isDesktopExtensionEnabled', 'boolean', {
    ...served,
    note: 'Unset means on with sign-in, and off in third-party deployments from 1.19367.0.',
  }),
  both('isDesktopExtensionSignatureRequired', 'boolean', served),
  both('isDxtEnabled', 'boolean', retired('isDesktopExtensionEnabled', dxtAfter)),
  both('isDxtSignatureRequired', 'boolean', retired('isDesktopExtensionSignatureRequired', dxtAfter)),
  both('isLocalDevMcpEnabled', 'boolean', served),
  both('otlpContentCapture', 'string[]', {
    ...served,
    since: '1.15962.0',
    members: ['assistantResponses', 'rawApiBodies', 'toolContent', 'toolDetails', 'userPrompts'],
    note: 'With sign-in, [] keeps content out of Cowork events; an empty text reads as if the key were not set (https://claude.com/docs/cowork/hipaa-setup).',
  }),

  // Sign-in with Claude.ai only.
  signInSchema('disableMultiAccount', 'boolean', { ...inactive, ...seenIn('1.49585.0') }),
  signIn('effortLevel', 'string', {
    firstRelease: 'not-stated',
    note: 'Listed among the Desktop policies (1.25927.0) but worded as a Claude Code setting and missing from the schema.',
  }),
  signIn('forceLoginOrgUUID', 'string', {
    ...seenIn('1.32885.1'),
    alternative: 'string[]',
    note: 'A value that is not an organization id blocks sign-in on the computer (https://claude.com/docs/cowork/hipaa-setup).',
  }),
  signInSchema('hardwareBuddyEnabled', 'boolean', seenIn('1.32885.1')),
  signIn('isDesktopExtensionDirectoryEnabled', 'boolean'),
  signInSchema('loginSsoOrgDomain', 'string', seenIn('1.32885.1')),
  signInSchema('relocateUncUserData', 'boolean', seenIn('1.32885.1')),
  signInSchema('requireCoworkFullVmSandbox', 'boolean', {
    deprecated: { after: 'No day was announced.' },
    note: 'The reference lists it for third-party deployments, the schema for sign-in. With it, Cowork reads no managed settings of Claude Code (https://claude.com/docs/cowork/hipaa-setup).',
  }),
  signIn('secureVmFeaturesEnabled', 'boolean', { note: 'Cowork on or off with sign-in.' }),
]
