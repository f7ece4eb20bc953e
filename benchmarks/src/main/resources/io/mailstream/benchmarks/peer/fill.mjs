// Adds jobs to a queue: PORT QUEUE FILE, a mail a line: {"id", "to", "subject", "text"}.
// A job whose id is known is not added again: BullMQ's deduplication by jobId.
import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';
import { Queue } from 'bullmq';

const AT_ONCE = 1000;
const KEPT_SECONDS = 24 * 3600;

const [port, name, file] = process.argv.slice(2);
const queue = new Queue(name, { connection: { host: '127.0.0.1', port: Number(port) } });
let jobs = [];
for await (const line of createInterface({ input: createReadStream(file) })) {
  const mail = JSON.parse(line);
  const opts = {
    jobId: mail.id,
    attempts: 3,
    backoff: { type: 'exponential', delay: 1000 },
    removeOnComplete: { age: KEPT_SECONDS },
    removeOnFail: { age: KEPT_SECONDS },
  };
  jobs.push({ name: 'mail', data: mail, opts });
  if (jobs.length === AT_ONCE) {
    await queue.addBulk(jobs);
    jobs = [];
  }
}
if (jobs.length > 0) {
  await queue.addBulk(jobs);
}
await queue.close();
