import fastify from "fastify";

// The peer: Fastify that parses and answers JSON, and does nothing else.
const app = fastify();
app.post("/beat", async () => ({ accepted: true, nextHeartbeat: 5_000 }));
app.get("/sum", async () => ({ online: 0 }));
process.send?.(await app.listen({ host: "127.0.0.1", port: 0 }));
process.once("disconnect", () => process.exit());
