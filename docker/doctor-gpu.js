// Tells what computing runs on: `docker exec -it ai_trading_dashboard node doctor-gpu.js`.
import { readdirSync } from 'node:fs';
import { request } from 'node:http';
import { json } from 'node:stream/consumers';

const { API_URL, COMPUTE_PORT, PORT = '8000', NVIDIA_VISIBLE_DEVICES = 'not set' } = process.env;
const QUERY = '{ systemSummary { compute { device threads backends { name available reason } } } }';

// The container that computes knows more than it tells the others.
if (COMPUTE_PORT) await import('./compute/dist/doctor-gpu.js');
else await tell();

async function tell() {
  try {
    const { device, threads, backends } = await askCompute();
    const nodes = readdirSync('/dev').filter((name) => /^nvidia\d+$/.test(name));
    const isGpuUsed = backends.some(({ name, available }) => name === 'cuda' && available);
    say(`GPU in use:                ${isGpuUsed ? 'yes' : 'no'}`);
    say(`Computing runs on:         ${device}, ${threads} threads`);
    for (const { name, available, reason } of backends)
      say(`Backend ${name.padEnd(19)}${available ? 'available' : 'not available'}: ${reason}`);
    say(`NVIDIA_VISIBLE_DEVICES:    ${NVIDIA_VISIBLE_DEVICES}`);
    say(`Devices in this container: ${nodes.join(', ') || 'none'}`);
  } catch (problem) {
    say(`The API does not answer: ${problem.message}`);
    process.exitCode = 1;
  }
}

function askCompute() {
  return new Promise((resolve, reject) => {
    // The name is one that the API takes for itself, whatever this container calls it.
    const headers = { host: 'localhost', 'content-type': 'application/json' };
    const url = new URL('/graphql', API_URL || `http://127.0.0.1:${PORT}`);
    const asking = request(url, { method: 'POST', headers, timeout: 10_000 }, (answer) => {
      json(answer).then(({ data, errors }) => {
        if (data) resolve(data.systemSummary.compute);
        else reject(new Error(errors?.[0]?.message ?? `status ${answer.statusCode}`));
      }, reject);
    });
    asking.on('timeout', () => asking.destroy(new Error('no answer within 10 s')));
    asking.on('error', reject);
    asking.end(JSON.stringify({ query: QUERY }));
  });
}

function say(line) {
  process.stdout.write(`${line}\n`);
}
