CREATE TABLE "audit_heads" (
	"size" bigint NOT NULL,
	"peer_id" text NOT NULL,
	"root" text NOT NULL,
	"at_ms" bigint NOT NULL,
	"ml_dsa_key_hash" text NOT NULL,
	"signature" text NOT NULL,
	CONSTRAINT "audit_heads_peer_id_size_pk" PRIMARY KEY("peer_id","size")
);
