// One process is one merchant: it takes a line of JSON ({"op": ..., "args": {...}}) and answers with one.
import { createInterface } from 'node:readline';

export function serve(operations) {
  const lines = createInterface({ input: process.stdin });
  const answer = (value) => process.stdout.write(`${JSON.stringify(value)}\n`);
  // Libraries that chat must not spoil the conversation.
  console.log = console.info = console.debug = console.error;
  let turn = Promise.resolve();
  lines.on('line', (line) => {
    turn = turn.then(async () => {
      const { op, args } = JSON.parse(line);
      try {
        answer({ ok: true, value: (await operations[op](args)) ?? null });
      } catch (error) {
        answer({ ok: false, error: String(error?.message ?? error), status: error?.response?.status ?? null,
          body: error?.response?.data ?? null });
      }
    });
  });
}
