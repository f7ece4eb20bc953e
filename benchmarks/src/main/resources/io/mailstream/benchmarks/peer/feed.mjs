// Adds jobs to a queue as they come: PORT QUEUE. In: a mail a line, {"id", "to", "subject", "text"}.
// Out: "added ID" when Redis has it; now and then "open N", how many jobs are left to be done.
// However long Redis is away, each job is added: once, by its id.
import { createInterface } from 'node:readline';
import { Queue } from 'bullmq';

const KEPT_SECONDS = 24 * 3600;
const [port, name] = process.argv.slice(2);
const queue = new Queue(name, {
  connection: {
    host: '127.0.0.1',
    port: Number(port),
    maxRetriesPerRequest: null,
    retryStrategy: () => 200,
  },
});
queue.on('error', () => {});

async function add(mail) {
  for (;;) {
    try {
      await queue.add('mail', mail, {
        jobId: mail.id,
        attempts: 100,
        backoff: { type: 'fixed', delay: 1000 },
        removeOnComplete: { age: KEPT_SECONDS },
        removeOnFail: { age: KEPT_SECONDS },
      });
      console.log(`added ${mail.id}`);
      return;
    } catch {
      await new Promise((resolve) => setTimeout(resolve, 200));
    }
  }
}

setInterval(async () => {
  try {
    const counts = await queue.getJobCounts('wait', 'active', 'delayed', 'prioritized', 'paused');
    console.log(`open ${Object.values(counts).reduce((a, b) => a + b, 0)}`);
  } catch {
    // Redis is away.
  }
}, 500);

await queue.waitUntilReady();
console.log('ready ');
for await (const line of createInterface({ input: process.stdin })) {
  add(JSON.parse(line));
}
process.exit(0);
