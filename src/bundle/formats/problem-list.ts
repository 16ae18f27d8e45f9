import type { FormatProblem } from './read-format.js'

/** A hostile file could have a problem in every line. */
const mostProblems = 200

/** The problems of one file, up to a limit: the last one then says that there are more. */
export class ProblemList {
  readonly all: FormatProblem[] = []

  add(problem: FormatProblem): void {
    if (this.all.length < mostProblems) this.all.push(problem)
    else if (this.all.length === mostProblems)
      this.all.push({ code: 'more-problems', message: `There are more than ${mostProblems} problems.` })
  }
}
