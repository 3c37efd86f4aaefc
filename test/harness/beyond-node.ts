import { verifyAt } from "./identities.ts";
import { createMeshNode, soon } from "./mesh.ts";

// Runs beyond the router of a node: connects to that by its record, and prints where its own datagrams come from, as far
// as the node can tell.
const [signed = ""] = process.argv.slice(2);
const node = await createMeshNode(2, { listen: ["/ip4/0.0.0.0/tcp/4100"], udpPort: 4103 });
await node.overlay.connect(await verifyAt()(JSON.parse(signed)), soon());
console.log(JSON.stringify((await node.overlay.punch.mapping()).addresses));
process.exit();
