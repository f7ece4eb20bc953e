// Produces one SendRequest from Node, as any other Kafka client would.
// Run it with Node 22.22 or newer while bin/quickstart is up:
//
//   cd examples/node && npm install && node produce.mjs success@simulator.amazonses.com

import { compatibilityPartitioner, Producer } from '@platformatic/kafka'
import avro from 'avsc'
import { randomUUID } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { domainToASCII } from 'node:url'

const BOOTSTRAP = '127.0.0.1:9092'
const REGISTRY = 'http://127.0.0.1:8081'
const TOPIC = 'mail.requests.transactional'

// The Kafka client uses what older ones do not have, and says so only when it sends.
if (Number.parseInt(process.versions.node) < 22) {
  console.error(`produce.mjs: this is Node ${process.versions.node}: use 22.22 or newer`)
  process.exit(2)
}

const address = process.argv[2]
if (!address?.includes('@')) {
  console.error('usage: node produce.mjs ADDRESS')
  process.exit(2)
}

// The canonical address, as schemas/vectors/recipient-key.json has it.
function recipientKey (address) {
  const at = address.lastIndexOf('@')
  const local = address.slice(0, at).normalize('NFC').toLowerCase().normalize('NFC')
  return `${local}@${domainToASCII(address.slice(at + 1))}`
}

// Registers the published schema (the answer is the id it already has) and returns its id.
async function schemaId (schema) {
  const response = await fetch(`${REGISTRY}/subjects/${TOPIC}-value/versions`, {
    method: 'POST',
    headers: { 'content-type': 'application/vnd.schemaregistry.v1+json' },
    body: JSON.stringify({ schema })
  })
  if (!response.ok) throw new Error(`${REGISTRY} answered ${response.status}: ${await response.text()}`)
  return (await response.json()).id
}

const schema = await readFile(new URL('../../schemas/released/1.0/SendRequest.avsc', import.meta.url), 'utf8')
const request = {
  request_id: randomUUID(),
  tenant: 'demo',
  stream: 'password-reset',
  from: { address: 'no-reply@example.com', name: 'Example' },
  to: [{ address, name: null, variables: {} }],
  subject: 'Hello from Node',
  content: { 'io.mailstream.v1.InlineContent': { text: 'A mail produced by a client that is not ours.', html: null, attachments: [] } },
  tags: { client: 'node' }
}

// Confluent's wire format: a zero byte, the schema id in four bytes, the Avro body.
const type = avro.Type.forSchema(JSON.parse(schema), { wrapUnions: 'auto' }) // only the union of records is wrapped
const prefix = Buffer.alloc(5)
prefix.writeUInt32BE(await schemaId(schema), 1)
const value = Buffer.concat([prefix, type.toBuffer(request)])

// compatibilityPartitioner is murmur2 as the Java client has it: with it the request is at home at once.
const producer = new Producer({
  clientId: 'example',
  bootstrapBrokers: [BOOTSTRAP],
  partitioner: compatibilityPartitioner
})
const { offsets } = await producer.send({
  acks: -1,
  messages: [{ topic: TOPIC, key: Buffer.from(recipientKey(address)), value }]
})
console.log(`produced ${request.request_id} to ${TOPIC} partition ${offsets[0].partition}`)
await producer.close()
