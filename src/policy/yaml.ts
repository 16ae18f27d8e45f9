/** A module of its own, so that the parser is loaded only where there is YAML. */
export { Document, parseDocument, type ScalarTag } from 'yaml'
