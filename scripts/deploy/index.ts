export { connect, type DeployClients } from "./clients.ts";
export { type Deployment, readDeployment } from "./deployment.ts";
export { type DeployOptions, deployNodeNexus } from "./node-nexus.ts";
export { type NodeNexusParameters, REGIONS, regionId } from "./parameters.ts";
