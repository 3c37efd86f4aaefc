CREATE TABLE "challenges" (
	"challenge" text PRIMARY KEY NOT NULL,
	"peer_id" text NOT NULL,
	"expires_at_ms" bigint NOT NULL
);
--> statement-breakpoint
CREATE TABLE "nodes" (
	"peer_id" text PRIMARY KEY NOT NULL,
	"node_type" text NOT NULL,
	"region" text NOT NULL,
	"operator" text NOT NULL,
	"bandwidth_mbps" bigint NOT NULL,
	"stake_wei" text NOT NULL,
	"last_seen_ms" bigint NOT NULL,
	"active" boolean NOT NULL,
	"seen_at" timestamp with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
CREATE TABLE "records" (
	"peer_id" text PRIMARY KEY NOT NULL,
	"sequence" bigint NOT NULL,
	"expires_at_ms" bigint NOT NULL,
	"signed" jsonb NOT NULL
);
--> statement-breakpoint
CREATE TABLE "signing_keys" (
	"kid" text PRIMARY KEY NOT NULL,
	"private_jwk" jsonb NOT NULL,
	"public_jwk" jsonb NOT NULL,
	"created_at_ms" bigint NOT NULL
);
--> statement-breakpoint
CREATE INDEX "challenges_peer" ON "challenges" USING btree ("peer_id","expires_at_ms");--> statement-breakpoint
CREATE INDEX "challenges_expires_at" ON "challenges" USING btree ("expires_at_ms");--> statement-breakpoint
CREATE INDEX "nodes_seen_at" ON "nodes" USING btree ("seen_at");--> statement-breakpoint
CREATE INDEX "nodes_region_type" ON "nodes" USING btree ("region","node_type");--> statement-breakpoint
CREATE INDEX "records_expires_at" ON "records" USING btree ("expires_at_ms");