/** A module of its own, so that the parser is loaded only where there is a policy. */
export { parseDocument } from 'yaml'
