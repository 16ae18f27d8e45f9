import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { expect, it } from 'vitest'
import { type Matrix, matrixPage } from './client/matrix-page.js'

const templates = resolve(import.meta.dirname, '../templates')
const matrix = JSON.parse(readFileSync(resolve(templates, 'client-matrix.json'), 'utf8')) as Matrix

it('the page about real clients shows the matrix (vitest -u writes it)', async () => {
  await expect(matrixPage(matrix)).toMatchFileSnapshot(resolve(templates, 'client-matrix.md'))
})

it('the matrix was made with every claim holding', () => {
  const differing = matrix.experiments.flatMap(({ rule, experiment, observed }) =>
    observed.filter(({ holds }) => !holds).map(({ versions }) => `${rule}/${experiment} at ${versions.join(', ')}`),
  )
  expect(differing).toEqual([])
  expect(matrix.experiments.length).toBeGreaterThan(100)
})
