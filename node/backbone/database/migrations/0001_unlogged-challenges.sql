-- A challenge lives for 30 seconds and may be lost in a crash: it needs no write-ahead log, whose flush is most of its cost.
ALTER TABLE "challenges" SET UNLOGGED;
