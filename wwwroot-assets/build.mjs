// Bundles what the browser runs into dist/, or the tests of its pure modules into dist-tests/.
import { build } from 'esbuild';
import { rm, copyFile, mkdir, readdir } from 'node:fs/promises';

const tests = process.argv.includes('--tests');
// Served under /assets: the path below dist/ is the path in the address.
const outdir = tests ? 'dist-tests' : 'dist/assets';
await rm(outdir, { recursive: true, force: true });

if (tests) {
  const entryPoints = (await readdir('test')).filter(name => name.endsWith('.test.ts')).map(name => `test/${name}`);
  await build({ entryPoints, outdir, bundle: true, format: 'esm', platform: 'node', outExtension: { '.js': '.mjs' }, external: ['node:*'] });
} else {
  await build({
    entryPoints: { console: 'src/ts/console.ts', 'console-styles': 'src/css/console.css' },
    entryNames: '[name]',
    assetNames: 'fonts/[name]',
    outdir,
    bundle: true,
    minify: true,
    format: 'esm',
    target: ['chrome120', 'firefox121', 'safari17'],
    loader: { '.woff2': 'file' },
    legalComments: 'linked',
    sourcemap: 'linked',
    logLevel: 'warning',
  });
  await copyFile('src/img/icon.svg', `${outdir}/icon.svg`);
  await mkdir(`${outdir}/licenses`, { recursive: true });
  for (const font of ['inter', 'jetbrains-mono']) {
    await copyFile(`node_modules/@fontsource-variable/${font}/LICENSE`, `${outdir}/licenses/${font}.txt`);
  }
}
