const months = [
  ...['January', 'February', 'March', 'April', 'May', 'June'],
  ...['July', 'August', 'September', 'October', 'November', 'December'],
]

const pattern = /^(\d{4})-(\d{2})-(\d{2})/

/** `18 December 2026` from an ISO date or time; the text itself where it is neither. */
export function dayText(iso: string): string {
  const found = pattern.exec(iso)
  const month = months[Number(found?.[2]) - 1]
  return found && month ? `${Number(found[3])} ${month} ${found[1]}` : iso
}

/** `18 Dec`; `5 Jan 2027` where the year is not that of another day, which stands beside it. */
export function shortDay(iso: string, beside: string): string {
  const found = pattern.exec(iso)
  const month = months[Number(found?.[2]) - 1]
  if (!found || !month) return iso
  const year = found[1] === beside.slice(0, 4) ? '' : ` ${found[1]}`
  return `${Number(found[3])} ${month.slice(0, 3)}${year}`
}

/** `14 Dec`, `14–15 Dec`, `28 Dec – 5 Jan 2027`. */
export function daysRange(first: string, last: string, beside: string): string {
  if (first === last) return shortDay(first, beside)
  const [from, to] = [shortDay(first, beside), shortDay(last, beside)]
  return first.slice(0, 7) === last.slice(0, 7) && pattern.test(first)
    ? `${Number(first.slice(8, 10))}–${to}`
    : `${from} – ${to}`
}
