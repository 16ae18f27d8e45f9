import { type GroupFormat, groupName } from './group-file.js'
import { lineCell } from './line-cell.js'

const columns = ['device_id', 'serial_number', 'device_name', 'tag']

/**
 * The devices of a wave by their Iru device id, with the tag that makes them a group. Iru documents no import of tags:
 * they are given in bulk by hand, or device by device through the API.
 * https://docs.iru.com/en/endpoint/devices/device-record-management/tags-for-devices (copy looked at 2026-11-21).
 */
export const iru: GroupFormat = {
  id: 'iru',
  title: 'Iru (formerly Kandji)',
  product: 'iru',
  entry({ deviceIds, hostname, serial }) {
    const id = deviceIds.iru
    // It becomes a part of an address.
    if (id === undefined || !/^[0-9A-Za-z][0-9A-Za-z-]{0,63}$/.test(id)) return { reason: 'unusable-id' }
    return { value: [id, serial, hostname].map((text) => lineCell(text)).join(',') }
  },
  files(wave, values, context) {
    const head = columns.map((text) => lineCell(text)).join(',')
    const tag = lineCell(groupName(wave, context))
    return [
      {
        path: `groups/${wave.folder}/iru-tags.csv`,
        content: `${head}\n${values.join(`,${tag}\n`)},${tag}\n`,
        endpoints: values.length,
      },
    ]
  },
  guide: {
    what: '`iru-tags.csv`: the devices by their Iru device id, with the tag of the wave. **Iru has no import of tags that we could find** (looked for until 2026-11-21): small waves are tagged by hand, larger ones through the API.',
    needs: [
      'For the script: `curl` and `jq` (part of macOS 15 and later), and an API token that may read and update devices (Access > API tokens).',
      'An Assignment Map or Assignment Rule that gives the app or setting to devices with the tag. Tags are case-sensitive.',
    ],
    steps: [
      {
        text: 'Make the tag: Devices > the ellipsis at the upper right > Manage tags. Its name stands in the table above, and in the last column of the file.',
      },
      { text: 'By hand: Devices, select the devices of the file, then the Bulk Actions menu, and add the tag.' },
      {
        text: 'Or through the API. Put the line `Authorization: Bearer TOKEN` into a file `iru-header` that only you can read. The tags of a device are given as a whole list, so the script reads them first and adds one; a device whose tags it cannot read it leaves alone.',
        block: {
          language: 'sh',
          text: `api=https://SUBDOMAIN.api.kandji.io/api/v1/devices   # in the EU: SUBDOMAIN.api.eu.kandji.io
tag='NAME OF THE TAG'
tail -n +2 FOLDER/iru-tags.csv | cut -d, -f1 | tr -d '"' | while read -r id; do
  if tags=$(curl -fsS -H @iru-header "$api/$id" | jq -ce --arg tag "$tag" \\
      'select((.tags | type) == "array" and all(.tags[]; type == "string")) | {tags: (.tags + [$tag] | unique)}') &&
    [ -n "$tags" ] &&
    curl -fsS -o /dev/null -X PATCH -H @iru-header -H 'Content-Type: application/json' -d "$tags" "$api/$id"
  then echo "tagged: $id"; else echo "NOT tagged: $id" >&2; fi
done`,
        },
      },
      {
        text: 'Compare the number of devices with the tag with the table above (API: `GET /api/v1/devices?tag_name=NAME`). Running the script again does no harm.',
      },
    ],
    caveats: [
      'The API takes 10,000 requests an hour from the whole tenant, and the script needs two for each device: at most 5,000 devices an hour.',
      'After a new plan, take the tag from those who have left the wave, with the Bulk Actions menu.',
    ],
    sources: [
      'https://docs.iru.com/en/endpoint/devices/device-record-management/tags-for-devices (copy looked at 2026-11-21): menus, bulk actions, case-sensitive',
      'https://api-docs.kandji.io/ (copies of 2026-08-01 and later): PATCH /api/v1/devices/{device_id} with `tags`, an empty list clears them; GET /api/v1/devices with `tag_name`; 10,000 requests an hour',
      'https://github.com/kandji-inc/support/tree/main/api-tools/update-device-record (2026-05-01): the CSV script of Iru changes blueprint, asset tag and user, not tags',
    ],
  },
}
