// Runs before anything else of ours, on any Node: plain old syntax, no dependency.
var parts = process.versions.node.split('.').map(Number);
var major = parts[0];
var minor = parts[1];
var supported = (major === 20 && minor >= 19) || (major === 22 && minor >= 12) || major > 22;
if (!supported) {
  console.error(
    'Latchkey needs Node 20.19 or newer (20.x), or 22.12 or newer; this is Node ' +
      process.versions.node +
      '. Please install a newer Node and run npm install again.',
  );
  process.exit(1);
}
