import { z } from "zod";

// zod probes for `new Function`, which the daemon's Content-Security-Policy reports as a violation. This must run
// before the first schema is made, hence a module of its own, imported first.
z.config({ jitless: true });
