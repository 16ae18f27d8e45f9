/** A chart and the table it was drawn from: the same facts for whoever cannot see it. */
export interface Chart {
  /** `trend`, `states-department`: unique among the charts of a report. */
  readonly id: string
  readonly title: string
  /** What it shows, in one or two sentences with the numbers. */
  readonly summary: string
  /** An `svg` element that scales to its place; of elements and attributes on the list of `clean-svg.ts` only. */
  readonly svg: string
  readonly columns: readonly string[]
  /** Every fact of the chart, none cut or left out; texts are safe to show, and not escaped for HTML. */
  readonly rows: readonly (readonly string[])[]
}
