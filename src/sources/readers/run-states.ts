import type { ObservationSink, StatedProbe } from '../../inventory/observation.js'
import type { RecordReader } from '../source.js'
import { graphField, graphText, tellPages } from './graph-answer.js'
import { textField } from './json.js'

interface RunStates {
  /** The operating system, where scripts of this kind run on one only. */
  readonly system?: string
  /** The texts of one state that may hold a probe line. */
  readonly probes: (state: object) => readonly StatedProbe[]
}

/**
 * Reads the run states of an Intune script from Microsoft Graph. The device is a relationship of a state, and its key
 * is opaque, so only `$expand=managedDevice` says which device it is of; the states of one device
 * (managedDevices/{id}/deviceHealthScriptStates) say it themselves.
 */
export function openRunStates(sink: ObservationSink, { system, probes }: RunStates): RecordReader {
  let records = 0
  let withoutDevice = 0
  return {
    record(state, record) {
      records++
      if (typeof state !== 'object' || state === null || Array.isArray(state)) {
        sink.reject(record, 'not-an-object')
        return
      }
      const device = expandedDevice(state)
      const text = (name: string) => graphText(device, name)
      const deviceId = text('id') || graphText(state, 'deviceId')
      if (!deviceId && !text('serialNumber')) withoutDevice++
      sink.observe({
        record,
        deviceId,
        serial: text('serialNumber'),
        hardwareUuid: text('udid'),
        hostname: text('deviceName') || graphText(state, 'deviceName'),
        os: text('operatingSystem') || system,
        osVersion: text('osVersion') ?? textField(device, 'OSVersion') ?? graphText(state, 'osVersion'),
        user: text('userDisplayName') || text('userPrincipalName') || graphText(state, 'userName'),
        email: text('emailAddress') || text('userPrincipalName'),
        // That of the device; the state's own is of the agent that runs scripts.
        lastSeen: text('lastSyncDateTime'),
        probes: probes(state),
        addsOnly: true,
      })
    },
    end(envelopes) {
      tellPages(sink, envelopes, records, 'run states', ' of run states')
      if (withoutDevice > 0) {
        const states = withoutDevice === 1 ? '1 run state does' : `${withoutDevice} run states do`
        sink.warn(
          'run-states-without-device',
          `${states} not say which device it was. Ask for them with $expand=managedDevice.`,
        )
      }
    },
  }
}

/** The device of a state; clients that do not know that there is only one give a list. */
function expandedDevice(state: object): unknown {
  const device = graphField(state, 'managedDevice')
  return Array.isArray(device) ? device[0] : device
}
