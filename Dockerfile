# syntax=docker/dockerfile:1
# ShadowMesh as an image: `docker build -t shadowmesh .`. What runs in it is a bundle and two packages, as a user without
# rights, on a root file system that may be read-only: only /data and nothing else is written to.

# The Node that package.json names: the tests run on the same.
ARG NODE_VERSION=24.21.0

FROM node:${NODE_VERSION}-bookworm-slim AS build
WORKDIR /src
# Before the sources, so that a change of these alone does not install anew.
COPY package.json package-lock.json .npmrc ./
COPY app/_shared/chain/connectors app/_shared/chain/connectors
RUN npm ci --no-progress
COPY . .
RUN npm run build
RUN node scripts/image.ts /image

FROM node:${NODE_VERSION}-bookworm-slim
LABEL org.opencontainers.image.title="ShadowMesh" \
      org.opencontainers.image.licenses="Apache-2.0"
COPY --from=build /image /opt/shadowmesh
RUN ln -s /opt/shadowmesh/node/shadowmesh.mjs /usr/local/bin/shadowmesh && install -d -o 1000 -g 1000 -m 0700 /data
ENV NODE_ENV=production \
    SHADOWMESH_DATA=/data
# `node` of the base image, by number: Kubernetes checks no names.
USER 1000:1000
VOLUME /data
# The backbone's API; the overlay over TCP, WebSocket, lanes and UDP.
EXPOSE 7780/tcp 4100/tcp 4101/tcp 4102/tcp 4103/udp
# A backbone's readiness. A node without that role is checked by `--health-cmd "shadowmesh status"`.
HEALTHCHECK --interval=15s --timeout=5s --start-period=60s --retries=3 \
  CMD ["node", "-e", "fetch('http://127.0.0.1:7780/readyz').then(({ ok }) => process.exit(ok ? 0 : 1), () => process.exit(1))"]
STOPSIGNAL SIGTERM
# Run it with --init, which reaps what a terminal in the container leaves behind.
ENTRYPOINT ["node", "/opt/shadowmesh/node/shadowmesh.mjs"]
CMD ["up"]
