/**
 * How a switch reaches a script where the product runs scripts without arguments. Edits of a copy, since a wrapper of its
 * own would not find the script on the machine; the data of a script is compared with its digest whatever is changed here.
 */
export const switchesInCopy = {
  /** Such as `--drop-in --uninstall`. */
  shell: (switches: string) =>
    `Scripts get no arguments there: in a copy of the script add the line \`set -- ${switches}\` directly below \`#!/bin/sh\`, and upload the copy as a script of its own.`,
  powerShell: (name: 'Check' | 'Remove') =>
    `Scripts get no arguments there: in a copy of the script write \`[switch] $${name} = $true\` in place of \`[switch] $${name}\`, and upload the copy as a script of its own.`,
} as const

/** How a run-book says to hand a switch to a PowerShell script. */
export type PowerShellSwitch = (name: 'Check' | 'Remove') => string
/** The same for a shell script. */
export type ShellSwitch = (switches: string) => string
