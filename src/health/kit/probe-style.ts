/**
 * What a probe prints: the line alone, the line in the element that Jamf Pro reads, or the line alone with exit code 1 where
 * something is to be repaired.
 */
export type ProbeStyle = 'line' | 'result' | 'status'
