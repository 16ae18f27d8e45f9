import type { ReasonCode } from '../../telemetry/sections/endpoint-status.js'
import type { EndpointEvidence } from '../../telemetry/sections/endpoints.js'
import type { Paint } from '../paint.js'

type Status = EndpointEvidence['status']

/** What the status of an endpoint means, in words for an administrator. */
export const statusWords: Readonly<Record<Status, string>> = {
  proven: 'telemetry with its identity arrives',
  silent: 'should report, and does not',
  contradicted: 'telemetry says something else than inventory or policy',
  unknown: 'neither can be told',
}

export function paintStatus(paint: Paint, status: Status): (text: string) => string {
  switch (status) {
    case 'proven':
      return paint.good
    case 'silent':
    case 'contradicted':
      return paint.bad
    case 'unknown':
      return paint.doubtful
  }
}

/** Why an endpoint has its status, and what to do about it. */
export const reasonWords: Readonly<Record<ReasonCode, { readonly why: string; readonly todo: string }>> = {
  'lower-version': {
    why: 'reports a lower version than the inventory has',
    todo: 'look for a second copy, or a rollback',
  },
  'not-in-inventory': {
    why: 'reports a product that the inventory did not find',
    todo: 'see where it is installed, or whether it was removed',
  },
  'other-policy': { why: 'reports the stamp of another policy', todo: 'deploy the settings of this policy' },
  'foreign-hook': {
    why: 'runs a hook of a user or project where only managed ones may',
    todo: 'see whether allowManagedHooksOnly arrived there',
  },
  'settings-refused': {
    why: 'refused the managed settings, or failed to read them',
    todo: 'check them: fleet settings lint',
  },
  'no-telemetry': {
    why: 'no record of it in the window',
    todo: 'run fleet selftest there, or see whether it is used at all',
  },
  stopped: { why: 'its records have stopped', todo: 'run fleet selftest there, or see whether it is used at all' },
  'surface-silent': { why: 'a surface that the policy requires is silent', todo: 'see whether it is used there' },
  'window-too-short': {
    why: 'the data does not cover enough days to tell silence',
    todo: 'give the missing files, see whether the collector runs, or wait',
  },
  'after-window': {
    why: 'its records are after the window: its clock is fast',
    todo: 'set its clock, or give a later --until',
  },
  'may-be-unattributed': {
    why: 'telemetry that names no endpoint for certain may be from it',
    todo: 'make those clients name their endpoint; see "Not attributable"',
  },
  'no-stamp': { why: 'reports without the stamp of a policy', todo: 'see whether the managed settings arrived there' },
  'stamp-behind': {
    why: 'one surface has not reported since the policy changed',
    todo: 'nothing, until it is used again',
  },
  'version-behind': {
    why: 'has not reported since its version changed',
    todo: 'nothing, until it is used again',
  },
  'version-unknown': {
    why: 'its version, or the one in the inventory, is not known',
    todo: 'give an inventory that has the product and its version',
  },
  'other-platform': {
    why: 'reports from another operating system than the inventory has',
    todo: 'see whose machine it is: an address alone does not name one',
  },
  'not-expected': { why: 'need not report, and does not', todo: 'nothing' },
}
