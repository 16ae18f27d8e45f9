/** A typed array of at least this length with the same beginning: itself where that is long enough. */
export function grown<Column extends Int32Array | Uint32Array | Uint8Array | Float64Array>(
  column: Column,
  length: number,
): Column {
  if (column.length >= length) return column
  const larger = new (column.constructor as new (length: number) => Column)(Math.max(length, column.length * 2))
  larger.set(column)
  return larger
}
