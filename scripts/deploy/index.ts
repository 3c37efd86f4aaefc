export { type Deployment, readDeployment } from "./deployment.ts";
export { connect, type DeployClients, type DeployOptions, deployNodeNexus } from "./node-nexus.ts";
export { type NodeNexusParameters, REGIONS, regionId } from "./parameters.ts";
