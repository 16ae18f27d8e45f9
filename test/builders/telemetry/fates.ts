/** What must be said of an endpoint. */
export type Status = 'proven' | 'silent' | 'contradicted' | 'unknown'

/**
 * What may become of an endpoint, and what must be said of it then; each happens at least once in every made-up fleet.
 * Senders without a name run on Windows, so that they may be any silent machine with Windows and none with macOS.
 */
export const fates = {
  /** Reports under its serial number, its host name, or its account alone. */
  'by-serial': 'proven',
  'by-hostname': 'proven',
  'by-email': 'proven',
  /** Ready, and nothing for longer than the policy allows; on Windows it may be one of the nameless. */
  'never-heard': 'silent',
  'never-heard-windows': 'unknown',
  'fell-silent': 'silent',
  /** Telemetry says something else than inventory or policy. */
  'older-version': 'contradicted',
  'other-stamp': 'contradicted',
  'user-hook': 'contradicted',
  /** A hook of one project; later sessions elsewhere do not have it. */
  'project-hook': 'contradicted',
  /** Reported before the inventory looked, and the product was not there. */
  'not-in-inventory': 'contradicted',
  /** The inventory has the product without a version. */
  'no-version': 'unknown',
  /** Hooks ran and did not hold, or did not run at all. */
  'hook-fails': 'proven',
  'hook-blind': 'proven',
  /** Telemetry that names no endpoint for sure. */
  hashed: 'unknown',
  nameless: 'unknown',
  unfilled: 'unknown',
  'shared-account': 'unknown',
  'other-of-the-account': 'unknown',
  'two-names': 'unknown',
  /** Bears the host name of another endpoint, under its own account. */
  'name-of-another': 'unknown',
  /** Its clock is two days ahead, so that all its records are after the window. */
  'fast-clock': 'unknown',
  /** Not ready, so that its silence would mean nothing; it reports all the same. */
  'needs-upgrade': 'proven',
  /** Not ready, and silent. */
  'left-out': 'unknown',
  /** Ready, with something to find. */
  'unapproved-server': 'proven',
  bypass: 'proven',
  fails: 'proven',
  leak: 'proven',
} as const satisfies Record<string, Status>
export type Fate = keyof typeof fates
export const fateNames = Object.keys(fates) as Fate[]
