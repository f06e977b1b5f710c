#!/usr/bin/env node
// Plain JavaScript, so that an old Node can read it and say what is missing.
const major = Number(process.versions.node.split('.')[0]);
if (major < 24) {
  console.error(
    `Sightline needs Node 24 or later; this is ${process.version}. "npm ci" brings Node 24 for Linux on x64 and arm64 ` +
      '(start with "npm start"); on other systems install Node 24 first.',
  );
  process.exit(1);
}
const { main } = await import('../src/main.ts');
process.exitCode = await main(process.argv.slice(2));
