export { connect, type DeployClients } from "../transactions/index.ts";
export { type Deployment, readDeployment } from "./deployment.ts";
export { type DeployOptions, deployNodeNexus } from "./node-nexus.ts";
export { type DeployParameters, type NodeNexusParameters, regionId } from "./parameters.ts";
