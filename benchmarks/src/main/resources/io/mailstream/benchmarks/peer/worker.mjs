// Sends what a queue holds: PORT QUEUE ENDPOINT AT_ONCE. Ends with the process that started it.
import { Agent } from 'node:http';
import { createRequire } from 'node:module';
import { SendEmailCommand, SESv2Client } from '@aws-sdk/client-sesv2';
import { NodeHttpHandler } from '@smithy/node-http-handler';
import { Worker } from 'bullmq';

const [port, name, endpoint, atOnce] = process.argv.slice(2);
const sockets = Number(atOnce);
const ses = new SESv2Client({
  endpoint,
  region: 'eu-west-1',
  credentials: { accessKeyId: 'id', secretAccessKey: 'secret' },
  maxAttempts: 1,
  requestHandler: new NodeHttpHandler({
    httpAgent: new Agent({ keepAlive: true, maxSockets: sockets }),
  }),
});

async function send(job) {
  const { to, subject, text } = job.data;
  const answer = await ses.send(
    new SendEmailCommand({
      FromEmailAddress: 'shop@sender.example',
      Destination: { ToAddresses: [to] },
      Content: { Simple: { Subject: { Data: subject }, Body: { Text: { Data: text } } } },
      EmailTags: [
        { Name: 'job', Value: job.id },
        { Name: 'ms_delivery_id', Value: job.id },
      ],
    }),
  );
  return answer.MessageId;
}

const worker = new Worker(name, send, {
  connection: { host: '127.0.0.1', port: Number(port) },
  concurrency: sockets,
  // Counted for each job, and so high that it never holds one back.
  limiter: { max: 10_000_000, duration: 1000 },
});
worker.on('error', (error) => console.error(error));
worker.on('failed', (job, error) => console.error(job?.id, error));
await worker.waitUntilReady();

const { dependencies } = createRequire(import.meta.url)('./package.json');
const versions = Object.entries(dependencies)
  .map(([dependency, version]) => `${dependency} ${version}`)
  .join(', ');
console.log(`ready node ${process.versions.node}, ${versions}`);

const parent = process.ppid;
setInterval(() => {
  if (process.ppid !== parent) {
    process.exit(0);
  }
}, 1000);
