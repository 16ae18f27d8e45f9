import * as z from 'zod'
import { byText } from '../../platform/by-text.js'
import { exitCode, Failure } from '../../platform/failure.js'
import type { ClickHouse, ClickHouseParameters } from './connection.js'
import { exampleOfKey } from './example-key.js'

/** Cells of an answer. 64-bit integers come as texts, those of other profiles as numbers. */
export const Text = z.string()
export const Count = z
  .union([z.number(), z.string().regex(/^-?\d{1,16}$/)])
  .transform(Number)
  .pipe(z.number())
export const ExampleKey = z
  .string()
  .regex(/^(?:[0-9A-F]{2})+$/)
  .transform(exampleOfKey)
export const MaybeExample = z.union([z.literal('').transform(() => undefined), ExampleKey])

/** Asks, and checks each row. Throws Failure, also when a row is not what was asked for. */
export async function answerRows<Row extends z.ZodType>(
  clickhouse: ClickHouse,
  sql: string,
  parameters: ClickHouseParameters,
  row: Row,
): Promise<z.output<Row>[]> {
  const answer: z.output<Row>[] = []
  for await (const given of clickhouse.rows(sql, parameters)) {
    const checked = row.safeParse(given)
    if (!checked.success)
      throw new Failure(exitCode.inputRefused, 'clickhouse-answer', 'ClickHouse answered something else than asked.', {
        where: { file: clickhouse.address.origin },
        tryThis: ['Check that the tables are those of the exporter, and report the version of the server.'],
      })
    answer.push(checked.data)
  }
  return answer
}

/** Compares by some members: texts by code unit, numbers by value. */
export function byKeys<Row>(...keys: readonly (keyof Row)[]): (a: Row, b: Row) => number {
  return (a, b) => {
    for (const key of keys) {
      const [one, other] = [a[key], b[key]]
      const order =
        typeof one === 'number' && typeof other === 'number' ? one - other : byText(String(one), String(other))
      if (order !== 0) return order
    }
    return 0
  }
}
