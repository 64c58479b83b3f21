-- daemon/server/cluster.sql - the log of a cluster of ladderd in PostgreSQL: see postgres.h.
--
-- ladderd makes it where it is absent, as the owner of its database, and does all of this again
-- where the functions are of an older program: nodes of both use them then. All that must hold, holds in
-- propose(): positions have no gaps and grow in the order of the commits, since each row takes its
-- own from `head`, which the same transaction changes and holds until it is committed.

SELECT pg_advisory_xact_lock(7400741900);

CREATE SCHEMA IF NOT EXISTS ladderd;

-- What the cluster is. `system` is the system_identifier of the servers that keep it: a copy that
-- was restored elsewhere has another one, and is served once somebody says that it took over.
CREATE TABLE IF NOT EXISTS ladderd.cluster (
	one boolean PRIMARY KEY DEFAULT true CHECK (one),
	version integer NOT NULL,
	id uuid NOT NULL,
	system text NOT NULL,
	-- What the stores had when they began to follow it: the last record, and its instant.
	base_seq bigint,
	base_at bigint
);

-- The newest row. `chain` is a hash of all rows up to here, each over the one before.
CREATE TABLE IF NOT EXISTS ladderd.head (
	one boolean PRIMARY KEY DEFAULT true CHECK (one),
	pos bigint NOT NULL,
	at bigint NOT NULL,
	chain bytea NOT NULL
);

-- The log: `at` in microseconds since 1970, growing; `day` of it, in UTC, is the partition.
CREATE TABLE IF NOT EXISTS ladderd.log (
	pos bigint NOT NULL,
	at bigint NOT NULL,
	node text NOT NULL,
	session uuid NOT NULL,
	number bigint NOT NULL,
	chain bytea NOT NULL,
	batch bytea NOT NULL,
	day date NOT NULL,
	PRIMARY KEY (pos, day)
) PARTITION BY RANGE (day);
-- What is changed of a table waits for whoever reads it, a dump say: so it is done once. Of a batch
-- most is short, and no disk is won by compressing the rest. `functions` says which of this file there
-- are: as postgres.c has it, one more with each change.
DO $$ BEGIN
	IF NOT EXISTS (SELECT 1 FROM pg_attribute WHERE attrelid = 'ladderd.cluster'::regclass
			AND attname = 'functions') THEN
		ALTER TABLE ladderd.cluster ADD COLUMN functions integer NOT NULL DEFAULT 0;
	END IF;
	IF EXISTS (SELECT 1 FROM pg_attribute WHERE attrelid = 'ladderd.log'::regclass
			AND attname = 'batch' AND attstorage <> 'e') THEN
		ALTER TABLE ladderd.log ALTER COLUMN batch SET STORAGE EXTERNAL;
	END IF;
END $$;

-- Who follows: `session` is of one life of its process, `number` of its last proposal and
-- `number_pos` where that went; up to `applied` it has all in its store, and up to `backed_up` in
-- a backup.
CREATE TABLE IF NOT EXISTS ladderd.node (
	name text PRIMARY KEY,
	session uuid NOT NULL,
	pid integer NOT NULL,
	number bigint NOT NULL DEFAULT 0,
	number_pos bigint NOT NULL DEFAULT 0,
	applied bigint NOT NULL DEFAULT 0,
	backed_up bigint NOT NULL DEFAULT 0,
	seen timestamptz NOT NULL DEFAULT now()
);

INSERT INTO ladderd.cluster (version, id, system)
	SELECT 1, gen_random_uuid(), system_identifier::text FROM pg_control_system()
	ON CONFLICT DO NOTHING;
INSERT INTO ladderd.head (pos, at, chain)
	VALUES (0, 0, decode(repeat('00', 32), 'hex')) ON CONFLICT DO NOTHING;

-- Why the server does not keep what it acknowledges, in words; NULL: it does. `synchronous_commit`
-- is that of the session, as whoever configures the server left it.
CREATE OR REPLACE FUNCTION ladderd.broken() RETURNS text LANGUAGE sql STABLE AS $$
	SELECT CASE
	WHEN current_setting('fsync') <> 'on' THEN 'fsync is off'
	WHEN current_setting('full_page_writes') <> 'on' THEN 'full_page_writes is off'
	WHEN current_setting('synchronous_commit') NOT IN ('on', 'remote_apply')
		THEN 'synchronous_commit is ' || current_setting('synchronous_commit')
	WHEN current_setting('synchronous_standby_names') = ''
		THEN 'synchronous_standby_names is empty'
	END
$$;

-- What is wrong with the clock of a node, in words; NULL: nothing. It would stamp for all others.
CREATE OR REPLACE FUNCTION ladderd.clock_off(now_us bigint) RETURNS text LANGUAGE sql VOLATILE AS $$
	SELECT format('the clock of this machine is %s seconds from that of the cluster',
			round(abs(now_us / 1000000.0 - extract(epoch FROM clock_timestamp()))))
		WHERE abs(now_us / 1000000.0 - extract(epoch FROM clock_timestamp())) > 60
$$;

-- Appends a row, exactly once for each number of a session. Asked again it says what it said.
CREATE OR REPLACE FUNCTION ladderd.propose(who text, own uuid, nr bigint, now_us bigint,
	bytes bytea, lax boolean, OUT pos bigint, OUT at bigint, OUT chain bytea)
LANGUAGE plpgsql AS $$
DECLARE
	h ladderd.head;
	n ladderd.node;
	d date;
	part text;
	why text := ladderd.broken();
	off text := ladderd.clock_off(now_us);
BEGIN
	IF why IS NOT NULL AND NOT lax THEN
		RAISE EXCEPTION USING ERRCODE = 'LD001', MESSAGE = why;
	END IF;
	SELECT * INTO h FROM ladderd.head FOR UPDATE;
	SELECT * INTO n FROM ladderd.node WHERE name = who FOR UPDATE;
	IF n.session IS DISTINCT FROM own THEN
		RAISE EXCEPTION USING ERRCODE = 'LD002',
			MESSAGE = 'another ladderd has the name ' || who;
	END IF;
	IF n.number >= nr THEN
		-- It is written, so that this commit comes after that one on the standbys too.
		UPDATE ladderd.node SET seen = now() WHERE name = who;
		pos := n.number_pos;
		SELECT l.at, l.chain INTO at, chain FROM ladderd.log l WHERE l.pos = n.number_pos;
		RETURN;
	END IF;
	IF off IS NOT NULL THEN
		RAISE EXCEPTION USING ERRCODE = 'LD003', MESSAGE = off;
	END IF;
	pos := h.pos + 1;
	at := greatest(now_us, h.at + 1);
	chain := sha256(h.chain || int8send(pos) || int8send(at) || bytes);
	d := (to_timestamp(at / 1000000) AT TIME ZONE 'UTC')::date;
	part := 'log_' || to_char(d, 'YYYYMMDD');
	-- Attached, which waits for nobody who reads, as a dump does; to create it there would.
	IF to_regclass('ladderd.' || part) IS NULL THEN
		EXECUTE format('CREATE TABLE ladderd.%I (LIKE ladderd.log INCLUDING ALL)', part);
		EXECUTE format('ALTER TABLE ladderd.log ATTACH PARTITION ladderd.%I '
			'FOR VALUES FROM (%L) TO (%L)', part, d, d + 1);
	END IF;
	INSERT INTO ladderd.log VALUES (pos, at, who, own, nr, chain, bytes, d);
	UPDATE ladderd.head SET pos = propose.pos, at = propose.at, chain = propose.chain;
	UPDATE ladderd.node SET number = nr, number_pos = propose.pos, seen = now()
		WHERE name = who;
	PERFORM pg_notify('ladderd', pos::text);
END $$;

-- Drops the days that are over, that every node has in its store, and some backup too. A node that
-- was away for longer than the days that are kept is not waited for: it starts from a backup. Where
-- somebody reads, as a dump does, it is for another time: all proposals would queue behind it.
CREATE OR REPLACE FUNCTION ladderd.prune(keep_days integer) RETURNS integer
LANGUAGE plpgsql SET lock_timeout = '200ms' AS $$
DECLARE
	part record;
	last bigint;
	bound bigint;
	dropped integer := 0;
BEGIN
	-- One node does it at a time: two would wait for each other, or for what the other dropped.
	IF NOT pg_try_advisory_xact_lock(7400741901) THEN
		RETURN 0;
	END IF;
	SELECT least(min(applied), max(backed_up)) INTO bound FROM ladderd.node
		WHERE seen > now() - make_interval(days => keep_days);
	FOR part IN SELECT c.relname FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid
		WHERE i.inhparent = 'ladderd.log'::regclass
			AND to_date(substr(c.relname, 5), 'YYYYMMDD') <
				(now() AT TIME ZONE 'UTC')::date - keep_days
	LOOP
		EXECUTE format('SELECT max(pos) FROM ladderd.%I', part.relname) INTO last;
		IF last IS NULL OR last <= bound THEN
			BEGIN
				EXECUTE format('DROP TABLE ladderd.%I', part.relname);
			EXCEPTION WHEN lock_not_available THEN
				RETURN dropped;
			END;
			dropped := dropped + 1;
		END IF;
	END LOOP;
	RETURN dropped;
END $$;

UPDATE ladderd.cluster SET functions = 2;
