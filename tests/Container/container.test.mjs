// The container without Docker: the RUN commands and the ENV of the Dockerfile, in a clean copy of what it would be given, and then
// the console that they made, started by a user without rights. Takes minutes, so only CI runs it: ./test.sh --container
import { after, before, test } from 'node:test';
import assert from 'node:assert/strict';
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, chownSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../..', import.meta.url));
const place = mkdtempSync(join(tmpdir(), 'opsconsole-container-'));
const [source, app, data] = ['source', 'app', 'data'].map(name => join(place, name));
const nobody = process.getuid?.() === 0 ? { uid: 65534, gid: 65534 } : {};
const patienceMs = 60_000;

const dockerfile = readFileSync(join(root, 'Dockerfile'), 'utf8').replaceAll(/\\\n\s*/g, ' ').split('\n');
let address;
let settings;
let running;
let cookie;

before(async () => {
  chmodSync(place, 0o755);
  for (const directory of [source, app, data]) mkdirSync(directory);
  if (nobody.uid) chownSync(data, nobody.uid, nobody.gid);
  chmodSync(data, 0o700);
  copyContext();

  const { CI: _, ...environment } = process.env;
  for (const command of instructions('RUN').filter(line => line.startsWith('dotnet '))) {
    execFileSync('sh', ['-c', command.replace('/app', app)], {
      cwd: source,
      env: { ...environment, MSBUILDDISABLENODEREUSE: '1' },
      stdio: ['ignore', 'pipe', 'inherit'],
      maxBuffer: 1 << 28,
    });
  }

  const port = await freePort();
  address = `http://127.0.0.1:${port}`;
  settings = { PATH: process.env.PATH, AllowedHosts: 'console.example.com', ...imageEnvironment(port) };
  // The image listens on every address of the container; here that would be every address of this machine.
  const loopback = { ...settings, ASPNETCORE_URLS: settings.ASPNETCORE_URLS.replace('+', '127.0.0.1') };
  running = spawn(join(app, 'OpsConsole'), [], { cwd: app, env: loopback, stdio: ['ignore', 'pipe', 'inherit'], ...nobody });
  cookie = await signIn(await printedLink());
});

after(() => {
  if (running?.exitCode === null) running.kill('SIGKILL');
  rmSync(place, { recursive: true, force: true });
});

test('the health check of the image finds the console ready', () => assert.equal(healthCheck(), 0));

test('a page comes with every asset that it names, compressed', async () => {
  const page = await get('/flags');
  assert.equal(page.status, 200);
  const assets = [...(await page.text()).matchAll(/(?:href|src)="([^"]+\.(?:css|js|svg|woff2))"/g)].map(match => match[1]);
  for (const expected of [/^_framework\/blazor\.web\..*js$/, /^_content\/MudBlazor\/.*css$/, /^_content\/MudBlazor\/.*js$/, /^assets\/console\..*js$/]) {
    assert.ok(assets.some(asset => expected.test(asset)), `${expected} is not among ${assets.join(', ')}`);
  }

  for (const asset of assets) {
    const answer = await get(`/${asset}`);
    assert.equal(answer.status, 200, asset);
    if (/\.(css|js)$/.test(asset)) assert.equal(answer.headers.get('content-encoding'), 'br', asset);
  }
});

test('the sample application is not in the image', () => assert.ok(!existsSync(join(app, 'storefront'))));

test('the data is where the image says', () => assert.ok(existsSync(join(data, 'opsconsole.db'))));

test('it ends at once when it is asked to, and the health check says so', async () => {
  running.kill('SIGTERM');
  const [code] = await once(running, 'exit', { signal: AbortSignal.timeout(patienceMs) });
  assert.equal(code, 0);
  assert.notEqual(healthCheck(), 0);
});

/** What Docker would send to the builder. */
function copyContext() {
  const ignored = join(place, 'ignored');
  writeFileSync(ignored, readFileSync(join(root, '.dockerignore'), 'utf8').replaceAll('**/', ''));
  execFileSync('sh', ['-c', `tar -C '${root}' --exclude-from='${ignored}' -cf - . | tar -C '${source}' -xf -`]);
}

function instructions(name) {
  return dockerfile.filter(line => line.startsWith(`${name} `)).map(line => line.slice(name.length + 1));
}

function imageEnvironment(port) {
  const pairs = instructions('ENV').flatMap(line => [...line.matchAll(/(\w+)=(\S+)/g)]);
  return Object.fromEntries(pairs.map(([, name, value]) => [name, value.replace('8080', port).replace(/^\/data$/, data)]));
}

async function printedLink() {
  const signal = AbortSignal.timeout(patienceMs);
  for await (const line of createInterface({ input: running.stdout, signal })) {
    const link = /sign in once with (\S+)/.exec(line)?.[1];
    if (link) {
      running.stdout.resume();
      return link;
    }
  }

  throw new Error(`The console ended with ${running.exitCode} before it listened.`);
}

async function signIn(link) {
  const answer = await fetch(link, { redirect: 'manual' });
  assert.equal(answer.status, 302);
  return answer.headers.getSetCookie().map(set => set.split(';')[0]).join('; ');
}

function get(path) {
  return fetch(address + path, { headers: { cookie, 'accept-encoding': 'br' }, redirect: 'manual' });
}

function healthCheck() {
  try {
    execFileSync(join(app, 'OpsConsole'), ['healthcheck'], { cwd: app, env: settings, stdio: 'ignore', ...nobody });
    return 0;
  } catch (problem) {
    return problem.status;
  }
}

async function freePort() {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address();
  server.close();
  return port;
}
