/** What `bin/run.js` needs of oclif, so that oclif is bundled with the commands: loading its files one by one doubles the start-up. */
export { execute, settings } from '@oclif/core'
