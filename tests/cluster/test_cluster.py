"""What a node promises beside a PostgreSQL cluster, and when it stops rather than guess."""

import contextlib
import datetime
import http.client
import json
import shutil
import signal
import threading
import time
import unittest
from pathlib import Path

from servers import Proxy, Servers, harness, log_of, node, same_partners, until

SOON = 75  # the promise is looked at each minute at least


class Cluster(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.servers = Servers()
        cls.nodes = []

    @classmethod
    def tearDownClass(cls):
        cls.servers.close()

    def tearDown(self):
        for made in self.nodes:
            made.discard()
        self.nodes.clear()
        self.servers.primary.sql("ALTER SYSTEM RESET ALL")
        self.servers.primary.sql("SELECT pg_reload_conf()")
        self.servers.primary.sql("DROP SCHEMA IF EXISTS ladderd CASCADE")

    def node(self, name="a", start=True, **options):
        made = node(self.servers, name, **options)
        self.nodes.append(made)
        if len(self.nodes) > 1:
            same_partners(self.nodes[0], made)
        return made.start() if start else made

    def ends(self, daemon, code, sentence):
        """The daemon ends by itself, with that exit code, and says why."""
        daemon.launch()
        self.assertEqual(daemon.process.wait(30), code, daemon.messages())
        daemon.process = None
        self.assertIn(sentence, daemon.messages())

    def equal(self, *daemons):
        try:
            until(lambda: len({log_of(one) for one in daemons}) == 1, "the logs are the same")
        except AssertionError:
            self.fail([(log_of(one)[-600:], one.messages()) for one in daemons])
        return [json.loads(line) for line in log_of(daemons[0]).splitlines()]

    def ready(self, daemon, status, sentence="", seconds=harness.WAIT):
        def look():
            try:
                answer = daemon.get("/readyz")
            except (OSError, http.client.HTTPException):
                return False
            return answer.status == status and sentence in answer.body.decode()
        until(look, f"/readyz is {status} {sentence}", seconds)

    @contextlib.contextmanager
    def reading(self, table):
        """Somebody reads the table meanwhile, as a dump does; and is not thrown out."""
        sql = self.servers.primary.sql
        reads = threading.Thread(target=sql, args=(
            f"BEGIN; LOCK TABLE {table} IN ACCESS SHARE MODE; SELECT pg_sleep(90) AS reads",
            False, 120))
        held = "FROM pg_stat_activity WHERE query LIKE '%pg_sleep(90) AS reads' AND state = 'active'"
        reads.start()
        try:
            until(lambda: sql(f"SELECT count(*) {held}") == "1", "somebody reads")
            yield
            self.assertEqual(sql(f"SELECT count(*) {held}"), "1", "and still does")
        finally:
            sql(f"SELECT pg_terminate_backend(pid) {held}")
            reads.join()

    def test_what_one_node_takes_all_nodes_have(self):
        one, two = self.node("a"), self.node("b")
        first = harness.event(key="k")
        one.accept(first)
        self.equal(one, two)
        # The same event again is a duplicate, whoever is asked; its key is known there too.
        self.assertEqual(two.push([first])["duplicates"], 1)
        two.accept(harness.event(key="k", subject=first["subject"]))
        one.accept(harness.retraction(target_key="k"))
        records = self.equal(one, two)
        self.assertEqual(len(records), 3)
        self.assertEqual(records[2]["withdraws"], 2)
        two.follow(3)
        self.assertEqual(one.figures().json["known_at"][:4], two.figures().json["known_at"][:4])

    def test_what_is_decided_before_the_row_travels_with_it(self):
        one = self.node("a", sections="[public]\nround_to = 10\n[limits]\nevents_per_person_max = 2\n")
        two = self.node("b", sections="[public]\nround_to = 5\n")
        subject = harness.fresh("s")
        result = one.push([harness.event(subject=subject) for _ in range(3)])
        self.assertEqual([one["code"] for one in result["rejected"]], ["too_many_events"])
        two.accept(harness.event(subject=subject))
        one.accept(harness.event("report_published", {"as_of": "2026-09-30"}))
        records = self.equal(one, two)
        self.assertEqual([record.get("round_to") for record in records], [None, None, None, 10])
        self.assertEqual(records[3]["definitions"], 2)

    def test_a_node_that_was_away_comes_after(self):
        one, two = self.node("a"), self.node("b")
        two.stop()
        for _ in range(30):
            one.accept(harness.event())
        two.start()
        self.assertEqual(len(self.equal(one, two)), 30)
        two.kill()
        one.accept(harness.event())
        two.start()
        self.equal(one, two)

    def test_a_node_begins_from_a_backup_of_another(self):
        one = self.node("a")
        one.accept(harness.event())
        two = self.node("b", start=False)
        harness.ladder("backup", one.store, two.store, check=0)
        one.accept(harness.event())
        two.start()
        self.assertEqual(len(self.equal(one, two)), 2)

    def test_a_store_of_one_machine_begins_a_cluster(self):
        one, two = self.node("a", start=False), self.node("b", start=False)
        where, one.sections = one.sections, ""
        one.write_config()
        one.start().accept(harness.event(), harness.event())
        one.stop()
        harness.ladder("backup", one.store, two.store, check=0)
        one.sections = where
        one.write_config()
        one.start().accept(harness.event())
        two.start().accept(harness.event())
        self.assertEqual(len(self.equal(one, two)), 4)
        # Who has something else cannot join.
        self.ends(self.node("c", start=False), 78, "began with other 2: start from a backup")
        # Nor does a store that follows a cluster serve without it.
        two.stop()
        two.sections = ""
        two.write_config()
        self.ends(two, 78, "this store follows a cluster")

    def test_the_promise_is_looked_at_each_minute(self):
        one = self.node("a")
        one.accept(harness.event())
        sql = self.servers.primary.sql
        for setting, value, sentence in (
                ("synchronous_commit", "off", "synchronous_commit is off"),
                ("synchronous_commit", "local", "synchronous_commit is local"),
                ("synchronous_commit", "remote_write", "synchronous_commit is remote_write"),
                ("synchronous_standby_names", "''", "synchronous_standby_names is empty"),
                ("fsync", "off", "fsync is off"),
                ("full_page_writes", "off", "full_page_writes is off")):
            with self.subTest(setting=setting, value=value):
                sql(f"ALTER SYSTEM SET {setting} = {value}")
                sql("SELECT pg_reload_conf()")
                try:
                    # Nothing is acknowledged from that moment on, and within a minute it is told.
                    until(lambda: one.post(json.dumps({"events": [harness.event()]})).status == 503,
                          "nothing is acknowledged", 2)
                    self.ready(one, 503, sentence)
                    answer = one.post(json.dumps({"events": [harness.event()]}))
                    self.assertEqual((answer.status, sentence in answer.body.decode(),
                                      answer.header("Retry-After")), (503, True, "1"))
                finally:
                    sql(f"ALTER SYSTEM RESET {setting}")
                    sql("SELECT pg_reload_conf()")
                self.ready(one, 200)
                one.accept(harness.event())

    def test_without_a_push_it_is_noticed_too(self):
        one = self.node("a")
        sql = self.servers.primary.sql
        sql("ALTER SYSTEM SET synchronous_commit = off")
        sql("SELECT pg_reload_conf()")
        try:
            self.ready(one, 503, "synchronous_commit is off", SOON)
        finally:
            sql("ALTER SYSTEM RESET synchronous_commit")
            sql("SELECT pg_reload_conf()")
        self.ready(one, 200)

    def test_without_a_standby_nothing_is_acknowledged_and_what_is_there_is_read(self):
        one = self.node("a")
        one.accept(harness.settled("somebody", "2026-01-05"))
        one.follow(1)
        standbys = [server for server in self.servers.all if server is not self.servers.primary]
        for server in standbys:
            server.stop()
        try:
            # It was proposed, and what becomes of it nobody knows until a standby is back.
            answer = one.request("POST", "/v1/events", json.dumps({"events": [harness.event()]}),
                                 {"Content-Type": "application/json"}, "isd", timeout=60)
            self.assertEqual(answer.status, 503, answer)
            self.ready(one, 503, "", 40)
            one.figures()
            one.figures(as_of="2026-06-30")
            self.assertEqual(len(log_of(one).splitlines()), 1)
        finally:
            for server in standbys:
                server.start()
        self.servers.await_standby()
        self.ready(one, 200, "", 60)
        one.accept(harness.event())

    def test_what_no_standby_has_is_not_acknowledged_when_the_wait_for_it_is_called_off(self):
        """The server lets go of who waits for a standby, without a word, once none is to be."""
        one = self.node("a")
        one.accept(harness.event())
        sql = self.servers.primary.sql
        standbys = [server for server in self.servers.all if server is not self.servers.primary]
        for seconds in (3, 15):  # while the first statement waits, and after it was given up
            for server in standbys:
                server.stop()
            answers = []
            push = threading.Thread(target=lambda: answers.append(one.request(
                "POST", "/v1/events", json.dumps({"events": [harness.event()]}),
                {"Content-Type": "application/json"}, "isd", timeout=90)))
            push.start()
            try:
                push.join(seconds)
                self.assertEqual(answers, [])
                sql("ALTER SYSTEM SET synchronous_standby_names = ''")
                sql("SELECT pg_reload_conf()")
                push.join()
                self.assertEqual(answers[0].status, 503, answers)
                self.ready(one, 503, "synchronous_standby_names is empty")
            finally:
                for server in standbys:
                    server.start()
                sql("ALTER SYSTEM RESET synchronous_standby_names")
                sql("SELECT pg_reload_conf()")
                push.join()
            self.servers.await_standby()
            self.ready(one, 200, "", 60)
        one.accept(harness.event())

    def test_a_day_begins_while_somebody_reads_the_log(self):
        one = self.node("a")
        one.accept(harness.event())
        one.stop()
        sql = self.servers.primary.sql
        # As at midnight: the day of now has no partition yet.
        sql("CREATE TABLE ladderd.log_20200101 PARTITION OF ladderd.log FOR VALUES FROM "
            "('2020-01-01') TO ('2020-01-02'); UPDATE ladderd.log SET day = '2020-01-01'")
        sql("DO $$ DECLARE r text; BEGIN FOR r IN SELECT inhrelid::regclass FROM pg_inherits "
            "WHERE inhparent = 'ladderd.log'::regclass AND inhrelid <> "
            "'ladderd.log_20200101'::regclass LOOP EXECUTE 'DROP TABLE ' || r; END LOOP; END $$")
        with self.reading("ladderd.log"):
            one.start()
            one.accept(harness.event())

    def test_a_single_server_is_served_when_that_is_said_in_so_many_words(self):
        single = Servers(1)
        self.addCleanup(single.close)
        strict = node(single, "a")
        self.nodes.append(strict)
        strict.launch()
        self.ready(strict, 503, "synchronous_standby_names is empty")
        strict.kill()
        strict.sections += "acknowledge_without_promise = yes\n"
        strict.write_config()
        strict.start().accept(harness.event())
        self.assertIn("warning: events are acknowledged without a promise of the cluster",
                      strict.get("/readyz").body.decode())

    def test_another_cluster_is_not_followed(self):
        one = self.node("a")
        one.accept(harness.event())
        one.stop()
        sql = self.servers.primary.sql
        sql("UPDATE ladderd.cluster SET id = gen_random_uuid()")
        self.ends(one, 78, "follows another cluster")

    def test_a_copy_of_the_cluster_is_served_once_that_is_said(self):
        one = self.node("a")
        one.accept(harness.event())
        one.stop()
        sql = self.servers.primary.sql
        sql("UPDATE ladderd.cluster SET system = '1'")
        self.ends(one, 78, "is a copy of the cluster's")
        sql("UPDATE ladderd.cluster SET system = (SELECT system_identifier FROM "
            "pg_control_system())")
        one.start().accept(harness.event())

    def test_a_cluster_that_is_behind_ends_the_node(self):
        one = self.node("a")
        one.accept(harness.event())
        one.accept(harness.event())
        one.stop()
        sql = self.servers.primary.sql
        sql("DELETE FROM ladderd.log WHERE pos = (SELECT pos FROM ladderd.head)")
        sql("UPDATE ladderd.head SET (pos, at, chain) = (SELECT pos, at, chain FROM ladderd.log "
            "ORDER BY pos DESC LIMIT 1)")
        self.ends(one, 78, "the cluster was taken back")

    def test_a_cluster_with_another_history_ends_the_node(self):
        one = self.node("a")
        one.accept(harness.event())
        one.stop()
        sql = self.servers.primary.sql
        sql("UPDATE ladderd.log SET chain = sha256(chain) WHERE pos = "
            "(SELECT pos FROM ladderd.head)")
        self.ends(one, 78, "two servers have written")

    def test_a_row_that_was_changed_ends_the_node(self):
        one, two = self.node("a"), self.node("b")
        one.accept(harness.event())
        self.equal(one, two)
        two.stop()
        one.accept(harness.event())
        self.servers.primary.sql(
            "UPDATE ladderd.log SET batch = batch || '\\x00' WHERE pos = "
            "(SELECT max(pos) FROM ladderd.log WHERE length(batch) > 40)")
        self.ends(two, 78, "does not follow from what this store has")

    def test_a_node_that_was_away_for_too_long_begins_from_a_backup(self):
        one, two = self.node("a"), self.node("b")
        one.accept(harness.event())
        self.equal(one, two)
        two.stop()
        for _ in range(3):
            one.accept(harness.event())
        sql = self.servers.primary.sql
        # As a day that is over, and a node that was seen by nobody since.
        sql("CREATE TABLE ladderd.log_20200101 PARTITION OF ladderd.log FOR VALUES FROM "
            "('2020-01-01') TO ('2020-01-02'); UPDATE ladderd.log SET day = '2020-01-01' WHERE "
            "pos < (SELECT pos FROM ladderd.head); "
            "UPDATE ladderd.node SET seen = '2020-01-01' WHERE name = 'b'")
        sql("UPDATE ladderd.node SET applied = (SELECT pos FROM ladderd.head) WHERE name = 'a'")
        self.assertEqual(sql("SELECT ladderd.prune(7)"), "0", "without a backup it is kept")
        three = self.node("c", start=False)
        harness.ladder("backup", one.store, three.store, check=0)
        # What the store had when the backup began, or the row before: K was settled meanwhile.
        noted = int((one.store / "backed-up").read_text())
        self.assertIn(noted, range(4, int(sql("SELECT pos FROM ladderd.head")) + 1))
        sql("UPDATE ladderd.node SET backed_up = (SELECT pos FROM ladderd.head)")
        self.assertEqual(sql("SELECT ladderd.prune(7)"), "1")
        self.ends(two, 78, "start from a newer backup")
        three.start()
        self.equal(one, three)

    def test_a_day_that_somebody_reads_is_dropped_another_time(self):
        one = self.node("a")
        one.accept(harness.event())
        one.stop()
        sql = self.servers.primary.sql
        sql("CREATE TABLE ladderd.log_20200101 PARTITION OF ladderd.log FOR VALUES FROM "
            "('2020-01-01') TO ('2020-01-02'); UPDATE ladderd.log SET day = '2020-01-01'; "
            "UPDATE ladderd.node SET applied = 99, backed_up = 99")
        with self.reading("ladderd.log_20200101"):
            self.assertEqual(sql("SELECT ladderd.prune(7)"), "0")
        self.assertEqual(sql("SELECT ladderd.prune(7)"), "1")

    def test_a_node_that_the_cluster_forgot_says_so_and_is_known_again(self):
        """What it reads is on a standby because it commits a change of its own row: it has one."""
        one, two = self.node("a"), self.node("b")
        one.accept(harness.event())
        self.equal(one, two)
        two.process.send_signal(signal.SIGSTOP)
        self.servers.primary.sql("DELETE FROM ladderd.node WHERE name = 'b'")
        one.accept(harness.event())
        two.process.send_signal(signal.SIGCONT)
        self.equal(one, two)
        self.assertIn("it does not know this node any more", two.messages())
        self.assertEqual(
            self.servers.primary.sql("SELECT count(*) FROM ladderd.node WHERE name = 'b'"), "1")

    def test_functions_of_an_older_program_are_made_anew(self):
        one = self.node("a")
        one.accept(harness.event())
        sql = self.servers.primary.sql
        body = "SELECT prosrc FROM pg_proc WHERE oid = 'ladderd.broken()'::regprocedure"
        new = sql(body)
        sql("CREATE OR REPLACE FUNCTION ladderd.broken() RETURNS text LANGUAGE sql STABLE AS "
            "$$ SELECT NULL::text $$")
        one.stop()
        one.start()
        self.assertNotEqual(sql(body), new, "that they are old is not known yet")
        one.stop()
        number = sql("SELECT functions, version FROM ladderd.cluster")
        for before, tables in (("UPDATE ladderd.cluster SET functions = 0",
                                "ladderd.log, ladderd.cluster, ladderd.head, ladderd.node"),
                               ("ALTER TABLE ladderd.cluster DROP COLUMN functions",
                                "ladderd.log")):
            sql(before)
            # A dump may be under way.
            with self.reading(tables):
                one.start()
                one.accept(harness.event())
            one.stop()
            self.assertEqual(sql(body), new)
            self.assertEqual(sql("SELECT functions, version FROM ladderd.cluster"), number)

    def test_a_node_without_room_waits_at_its_row_and_ends_and_goes_on_when_it_has_some(self):
        one, two = self.node("a"), self.node(
            "b", start=False, sections="[limits]\nstore_reserve = 2M\n")
        two.config.write_text(two.config.read_text().replace("[store]\n", "[store]\nsize_max = 16M\n"))
        two.start()
        for _ in range(20):
            one.accept(*[harness.event() for _ in range(5000)])
        self.ready(two, 503, "size_max")
        self.assertLess(len(log_of(two).splitlines()), 100000)
        # Whoever asks is answered, and nobody holds up the end.
        two.figures()
        two.stop()
        two.config.write_text(two.config.read_text().replace("size_max = 16M\n", ""))
        two.start()
        self.equal(one, two)

    def test_of_two_nodes_of_one_name_one_serves(self):
        one = self.node("a")
        two = self.node("a", start=False)
        two.launch()
        self.ready(two, 503, "another ladderd is connected to the cluster as a")
        one.stop()
        self.ready(two, 200)
        two.accept(harness.event())

    def test_acts_of_the_operator_are_done_by_every_node(self):
        one, two = self.node("a"), self.node("b")
        gone, kept, shut = (harness.fresh("s") for _ in range(3))
        for subject in (gone, kept, shut):
            one.accept(harness.settled(subject, "2026-01-05"),
                       harness.assessed(subject, "2026-02-05", 3))
        one.accept(harness.settled("long-ago", "1999-01-05"))
        harness.ladder("erase", "--subject", gone, two.store, check=0)
        harness.ladder("restrict", "--subject", shut, one.store, check=0)
        records = self.equal(one, two)
        self.assertEqual(sum("erased" in json.dumps(record) for record in records), 3)
        self.assertNotIn(gone.encode(), log_of(one) + log_of(two))
        harness.ladder("expire", "--before", "2010-01-01", two.store, check=0)
        one.accept(harness.event())
        self.equal(one, two)
        for daemon in (one, two):
            self.assertNotIn(b"long-ago", log_of(daemon))
            daemon.restart()
            harness.ladder("verify", daemon.store, check=0)
        harness.ladder("restrict", "--lift", "--subject", shut, two.store, check=0)
        done = harness.ladder("erase", "--subject", "nobody-1", one.store)
        self.assertEqual(done.returncode, 66, done)
        self.equal(one, two)
        # Without the daemon nobody is erased: the others would not know.
        two.stop()
        done = harness.ladder("erase", "--subject", kept, two.store)
        self.assertEqual(done.returncode, 78, done)
        self.assertIn(b"follows a cluster", done.stderr)

    def test_an_act_is_about_whoever_was_acknowledged_before_it_by_any_node(self):
        """The node that is asked may not have that yet."""
        one, two = self.node("a"), self.node("b")
        gone, lifted = harness.fresh("s"), harness.fresh("s")
        one.accept(harness.settled(lifted, "2026-01-05"))
        self.equal(one, two)
        harness.ladder("restrict", "--subject", lifted, one.store, check=0)
        self.equal(one, two)
        two.process.send_signal(signal.SIGSTOP)
        one.accept(harness.settled(gone, "2026-01-05"))
        harness.ladder("restrict", "--subject", lifted, "--lift", one.store, check=0)
        two.process.send_signal(signal.SIGCONT)
        self.assertRegex(
            harness.ladder("erase", "--subject", gone, two.store, check=0).stdout,
            rb"people erased: 1\nrecords: 1\n")
        self.assertIn(b"restricted: yes", harness.ladder(
            "restrict", "--subject", lifted, two.store, check=0).stdout)
        self.equal(one, two)
        self.assertNotIn(gone.encode(), log_of(one))
        for node in (one, two):
            self.assertIn(b"restricted: yes", harness.ladder(
                "restrict", "--subject", lifted, node.store, check=0).stdout)
            harness.ladder("erase", "--subject", gone, node.store, check=66)
            harness.ladder("erase", "--subject", "no body", node.store, check=66)
            harness.ladder("restrict", "--subject", "x" * 65, node.store, check=66)
        self.equal(one, two)
        one.accept(harness.event())

    def test_an_act_while_a_node_is_away_is_done_when_it_comes(self):
        one, two = self.node("a"), self.node("b")
        subject = harness.fresh("s")
        one.accept(harness.settled(subject, "2026-01-05"))
        self.equal(one, two)
        two.kill()
        harness.ladder("erase", "--subject", subject, one.store, check=0)
        one.accept(harness.event())
        two.start()
        self.equal(one, two)
        self.assertNotIn(subject.encode(), log_of(two))

    def test_a_store_from_before_an_erasure_erases_again_before_it_shows_anything(self):
        one, two = self.node("a"), self.node("b")
        subject = harness.fresh("s")
        one.accept(harness.settled(subject, "2026-01-05"))
        self.equal(one, two)
        harness.ladder("backup", two.store, two.place / "backup", check=0)
        harness.ladder("erase", "--subject", subject, one.store, check=0)
        self.equal(one, two)
        two.stop()
        shutil.rmtree(two.store)
        harness.ladder("restore", two.place / "backup", two.store, check=0)
        self.assertIn(subject.encode(), log_of(two))
        two.start()
        self.assertNotIn(subject.encode(), log_of(two))
        self.equal(one, two)
        one.accept(harness.event())
        self.equal(one, two)

    def silent(self, daemon, seconds):
        """Whoever asks waits, or is refused: the doors are shut, and stay so."""
        with self.assertRaises(OSError):
            daemon.get("/readyz", timeout=seconds)

    def test_a_store_from_before_two_erasures_shows_nothing_until_both_are_done_again(self):
        proxy = Proxy(self.servers.primary.port)
        self.addCleanup(proxy.close)
        one = self.node("a")
        two = self.node("b", where=self.servers.where([proxy.port]))
        first, second = harness.fresh("first"), harness.fresh("second")
        one.accept(*(harness.settled(subject, "2026-01-05") for subject in (first, second)))
        self.equal(one, two)
        harness.ladder("backup", two.store, two.place / "backup", check=0)
        harness.ladder("erase", "--subject", first, one.store, check=0)
        # More rows than are read at once: those before are applied when the last ones come.
        for _ in range(210):
            one.accept(harness.event())
        harness.ladder("erase", "--subject", second, one.store, check=0)
        self.equal(one, two)
        two.stop()
        shutil.rmtree(two.store)
        harness.ladder("restore", two.place / "backup", two.store, check=0)
        proxy.stops_at = second.encode().hex().encode()
        two.launch()
        until(lambda: proxy.is_cut, "the second erasure is on its way")
        until(lambda: first.encode() not in log_of(two), "the first erasure is done again")
        self.assertIn(second.encode(), log_of(two))
        self.silent(two, 3)
        two.kill()
        two.launch()
        self.silent(two, 3)
        proxy.stops_at = None
        proxy.heal()
        self.ready(two, 200, "", SOON)
        self.assertNotIn(second.encode(), log_of(two))
        self.equal(one, two)
        one.accept(harness.event())
        self.equal(one, two)

    def test_nobody_who_reads_waits_for_a_network_that_is_cut_in_silence(self):
        proxy = Proxy(self.servers.primary.port)
        self.addCleanup(proxy.close)
        one = self.node("a", where=self.servers.where([proxy.port]), analysts={
            "analyst": {"municipalities": "*", "log": "yes", "sums": "yes"},
            "other": {"municipalities": "*", "log": "yes", "follower": "yes"}})
        one.accept(harness.settled("somebody", "2026-01-05"))
        one.follow(1)
        proxy.cut()
        cut_at = datetime.datetime.now(datetime.timezone.utc).isoformat()
        time.sleep(0.01)
        now = datetime.datetime.now(datetime.timezone.utc).isoformat().replace("+00:00", "Z")
        for status, path, who, asked in (
                (200, "/v1/indicators", "analyst", {}),
                (200, "/v1/indicators", "analyst", {"as_of": "2026-06-30"}),
                (200, "/v1/indicators", "analyst", {"window": 180}),
                (200, "/v1/sums", "analyst", {}),
                (200, "/v1/agreements", "isd", {}),
                (200, "/v1/log", "other", {"wait": 0}),
                (200, "/v1/log", "analyst", {"wait": 0}),
                (200, "/figures.csv", "analyst", {}),
                (200, "/figures.csv", "analyst", {"as_of": "2026-06-30"}),
                (503, "/v1/indicators", "analyst", {"known_at": now}),
                (503, "/v1/sums", "analyst", {"known_at": now}),
                (503, "/figures.csv", "analyst", {"known_at": now})):
            with self.subTest(path=path, **asked):
                begun = time.monotonic()
                answer = one.get(path, who, **asked)
                # Nobody waits for half a minute, until the cut is noticed.
                self.assertLess(time.monotonic() - begun, 10)
                self.assertEqual(answer.status, status, answer)
                if status == 503:
                    self.assertIn(answer.header("Retry-After"), ("1", "2"))
                elif "csv" not in path and "sums" not in path:
                    body = json.loads(answer.body.splitlines()[-1])
                    self.assertLess(body.get("known_at") or body["settled"], cut_at)
        proxy.heal()
        self.ready(one, 200, "", SOON)
        one.accept(harness.event())
        self.assertEqual(one.get("/v1/indicators", "analyst", known_at=now).status, 200)

    def test_a_node_that_never_reached_its_cluster_answers_readers(self):
        lonely = self.node("a", start=False, where="host=127.0.0.1 port=9 dbname=x user=x")
        lonely.launch()
        self.ready(lonely, 503, "the cluster cannot be reached")
        mark = lonely.get("/v1/log", "analyst", wait=0).json
        self.assertEqual((mark["caught_up"], mark["settled"][:10]), (0, "1970-01-01"))
        for asked in ({}, {"as_of": "2026-06-30"}, {"known_at": "2026-06-30T00:00:00Z"}):
            self.assertEqual(lonely.get("/v1/indicators", "analyst", **asked).status, 503)
        lonely.stop()

    def test_the_connection_that_is_configured_is_one(self):
        wrong = self.node("a", start=False, where="host = 'x")
        done = harness.run(harness.LADDERD, "--check-config", "--config", wrong.config)
        self.assertEqual(done.returncode, 78)
        self.assertIn(b"[cluster] postgres: this is nothing that it can read", done.stderr)

    def test_a_node_with_a_cluster_may_connect_and_one_without_may_not(self):
        self.node("a")
        status = next(line for line in
                      Path(f"/proc/{self.nodes[0].process.pid}/status").read_text().splitlines()
                      if line.startswith("Seccomp:"))
        self.assertEqual(status.split()[1], "2")

    def test_it_ends_and_starts_while_no_server_is_there(self):
        lonely = self.node("a", start=False, where="host=127.0.0.1 port=9 dbname=x user=x")
        lonely.launch()
        self.ready(lonely, 503, "the cluster cannot be reached")
        self.assertEqual(lonely.post(json.dumps({"events": [harness.event()]})).status, 503)
        lonely.stop()


if __name__ == "__main__":
    unittest.main()
