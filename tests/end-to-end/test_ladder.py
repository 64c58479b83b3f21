"""The command `ladder` and the configuration of `ladderd`, from outside."""

import json
import os
import random
import re
import shutil
import socket

import harness
from harness import assessed, event, fresh, retraction, settled

COMMANDS = ("push", "replay", "log", "verify", "token", "key", "generate")
USAGE = 64  # EX_USAGE of sysexits


class Command(harness.unittest.TestCase):
    """Help, exit codes and streams."""

    def failing(self, *arguments, codes=range(64, 79), says=None, **options):
        done = harness.ladder(*arguments, **options)
        self.assertIn(done.returncode, codes, done)
        self.assertTrue(done.stderr.strip(), "an error says something on stderr")
        self.assertEqual(done.stdout, b"", "an error says nothing on stdout")
        if says is not None:
            self.assertIn(says, done.stderr.decode())
        return done

    def test_help_of_every_command_has_an_example(self):
        for command in ((), *((one,) for one in COMMANDS)):
            for flag in ("--help", "-h"):
                with self.subTest(command=command, flag=flag):
                    done = harness.ladder(*command, flag)
                    self.assertEqual(done.returncode, 0, done)
                    self.assertEqual(done.stderr, b"")
                    text = done.stdout.decode()
                    self.assertRegex(text, r"(?i)usage")
                    self.assertIn(" ".join(("ladder", *command)), text)
                    if command:
                        self.assertRegex(text, r"(?i)example")

    def test_help_names_the_options_of_the_contract(self):
        for command, options in (
                ("push", ("--to", "--token-file", "--rejects", "--format")),
                ("replay", ("--as-of", "--known-at", "--municipality", "--window", "--format",
                            "--verify")),
                ("log", ("--after", "--limit")),
                ("generate", ("--seed", "--people", "--years", "--until"))):
            text = harness.ladder(command, "--help").stdout.decode()
            for option in options:
                self.assertIn(option, text, command)

    def test_help_of_ladder_names_every_command(self):
        text = harness.ladder("--help").stdout.decode()
        for command in COMMANDS:
            self.assertRegex(text, rf"\b{command}\b")

    def test_version_is_told(self):
        for program in (harness.LADDER, harness.LADDERD):
            done = harness.run(program, "--version", check=0)
            self.assertRegex(done.stdout.decode(), r"\d+\.\d+")
            self.assertEqual(done.stderr, b"")
        version = harness.ladder("--version").stdout
        for command in COMMANDS:
            done = harness.ladder(command, "--version", check=0)
            self.assertEqual((done.stdout, done.stderr), (version, b""), command)

    def test_help_of_ladderd_goes_to_stdout(self):
        for flag in ("-h", "--help"):
            done = harness.run(harness.LADDERD, flag, check=0)
            self.assertIn(b"--config", done.stdout)
            self.assertIn(b"--check-config", done.stdout)

    def test_wrong_usage_is_64(self):
        for arguments in ((), ("nonsense",), ("verify",), ("log",), ("replay",), ("push",),
                          ("log", "--nonsense", "x"), ("token", "--nonsense"),
                          ("generate", "--people"), ("verify", "a", "b"), ("--nonsense",),
                          ("log", "--limit", "x", "s"), ("log", "--after", "-1", "s"),
                          ("generate", "--people", "x"), ("generate", "--seed", "1x")):
            with self.subTest(arguments=arguments):
                self.failing(*arguments, codes=(USAGE,))

    def test_a_wrong_option_is_named(self):
        self.failing("log", "--nonsense", "x", says="nonsense")

    def test_a_store_that_is_not_there_is_an_error_and_is_not_made(self):
        place = "/tmp/" + fresh("no-such-store")
        for command in ("verify", "log", "replay"):
            self.failing(command, place, says=place)
            self.assertFalse(os.path.exists(place), command)

    def test_a_directory_without_a_store_is_an_error_and_stays_empty(self):
        place = harness.tempfile.mkdtemp()
        self.addCleanup(shutil.rmtree, place, True)
        for command in ("verify", "log", "replay"):
            self.failing(command, place)
            self.assertEqual(os.listdir(place), [], command)

    def test_a_key_has_two_halves_of_two_forms(self):
        made = [harness.ladder("key", check=0).stdout.decode() for _ in range(2)]
        for text in made:
            self.assertRegex(text, r"\Apublic: [0-9a-f]{64}\nsecret: [A-Za-z0-9_-]{43}\n\Z")
        self.assertEqual(len(set(made[0].split() + made[1].split())), 6)

    def test_two_tokens_are_two_tokens(self):
        one, other = harness.token(), harness.token()
        self.assertNotEqual(one[0], other[0])
        self.assertNotEqual(one[1], other[1])
        self.assertNotIn(one[0], one[1])
        self.assertGreaterEqual(len(one[0]), 43, "256 bits take 43 characters of base64")

    def test_a_push_to_nobody_fails_in_time(self):
        place = harness.tempfile.mkdtemp()
        self.addCleanup(shutil.rmtree, place, True)
        file, secret = os.path.join(place, "a.json"), os.path.join(place, "token")
        for name, text in ((file, json.dumps({"events": [event()]})), (secret, "abc\n")):
            with open(name, "w") as output:
                output.write(text)
        self.failing("push", "--to", "http://127.0.0.1:1", "--token-file", secret,
                     file + ".missing", timeout=120)
        self.failing("push", "--to", "http://127.0.0.1:1", "--token-file", secret + ".missing",
                     file, timeout=120)

    def test_output_to_a_full_device_is_an_error(self):
        with open("/dev/full", "wb") as full:
            done = harness.subprocess.run([harness.LADDER, "generate", "--people", "20"],
                                        stdin=harness.subprocess.DEVNULL, stdout=full,
                                        stderr=harness.subprocess.PIPE, timeout=60)
        self.assertIn(done.returncode, range(64, 79), done)


class Store(harness.OwnDaemon):
    """What `ladder` says of a store."""

    def filled(self, people=40):
        daemon = self.ladderd()
        events = harness.generated("--people", people, "--years", 2, "--seed", 3)
        for start in range(0, len(events), 5000):
            daemon.push(events[start:start + 5000])
        return daemon

    def test_ladder_log_prints_what_v1_log_prints(self):
        daemon = self.filled()
        whole = daemon.get("/v1/log", who="analyst", limit=100000).body
        self.assertGreater(whole.count(b"\n"), 500)
        for state in ("running", "stopped"):
            if state == "stopped":
                daemon.stop()
            lines = whole.splitlines(keepends=True)
            for arguments, wanted in (((), lines), (("--after", 7), lines[7:]),
                                      (("--limit", 5), lines[:5]),
                                      (("--after", 7, "--limit", 5), lines[7:12]),
                                      (("--after", len(lines)), [])):
                done = harness.ladder("log", *arguments, daemon.store)
                self.assertEqual(done.returncode, 0, done.stderr)
                self.assertEqual(done.stdout, b"".join(wanted), (state, arguments))
        done = harness.ladder("log", daemon.store, "--limit", 5)
        self.assertEqual(done.stdout, b"".join(lines[:5]), "options may follow operands")

    def test_a_long_log_may_be_cut_off_by_its_reader(self):
        daemon = self.filled()
        done = harness.run("sh", "-c", f"\"{harness.LADDER}\" log {daemon.store} | head -n 3", check=0)
        self.assertEqual(done.stdout.count(b"\n"), 3)
        daemon.stop()

    def test_verify_is_content_with_a_whole_store(self):
        daemon = self.filled()
        harness.ladder("verify", daemon.store, check=0)
        daemon.stop()
        harness.ladder("verify", daemon.store, check=0)
        self.assertTrue(daemon.start().alive())
        daemon.stop()

    def test_verify_finds_a_flipped_byte_in_a_record(self):
        daemon = self.ladderd()
        marks = [fresh("MARK") for _ in range(4)]
        daemon.accept(*[event(id=mark) for mark in marks], *[event() for _ in range(50)])
        daemon.stop()
        data = daemon.store / "data.mdb"
        good = data.read_bytes()
        for mark in marks[:2]:
            self.assertIn(mark.encode(), good, "ids stand in the log as they are")
            place = good.find(mark.encode())
            bad = bytearray(good)
            while place >= 0:  # old pages have copies
                bad[place + 3] ^= 0x04
                place = good.find(mark.encode(), place + 1)
            data.write_bytes(bad)
            done = harness.ladder("verify", daemon.store)
            self.assertEqual(done.returncode, 1, done)
            self.assertTrue((done.stdout + done.stderr).strip())
        data.write_bytes(good)
        harness.ladder("verify", daemon.store, check=0)

    def test_a_store_with_a_flipped_byte_is_not_served_as_if_whole(self):
        daemon = self.ladderd()
        mark = fresh("MARK")
        daemon.accept(event(id=mark), *[event() for _ in range(50)])
        daemon.stop()
        data = daemon.store / "data.mdb"
        data.write_bytes(data.read_bytes().replace(mark.encode(), mark.replace("K", "X").encode()))
        done = harness.ladder("log", daemon.store)
        self.assertNotIn(mark.replace("K", "X").encode(), done.stdout)
        self.assertNotEqual(done.returncode, 0)
        daemon.launch()
        try:
            harness.until(lambda: not daemon.alive() or daemon.get(
                "/v1/log", who="analyst").status != 0, "an answer or an end")
            if daemon.alive():
                answer = daemon.get("/v1/log", who="analyst")
                self.assertNotIn(mark.replace("K", "X").encode(), answer.body)
        except OSError:
            harness.until(lambda: not daemon.alive(), "the daemon ends when it does not serve")
        except harness.http.client.HTTPException:
            pass

    def test_random_flipped_bytes_are_found_or_harm_nothing(self):
        seed = harness.seed()
        chance = random.Random(seed)
        daemon = self.filled(15)
        daemon.stop()
        data = daemon.store / "data.mdb"
        good, log = data.read_bytes(), harness.ladder("log", daemon.store, check=0).stdout
        for turn in range(25):
            place = chance.randrange(len(good))
            bad = bytearray(good)
            bad[place] ^= 1 << chance.randrange(8)
            data.write_bytes(bad)
            done = harness.ladder("verify", daemon.store, timeout=30)
            self.assertGreaterEqual(done.returncode, 0,
                                    f"seed {seed}: verify died of a flipped bit at {place}")
            self.assertIn(done.returncode, (0, 1, *range(64, 79)), (seed, place, done))
            if done.returncode == 0:
                again = harness.ladder("log", daemon.store, timeout=30)
                self.assertEqual((again.returncode, again.stdout == log), (0, True),
                                 f"seed {seed}: verify saw nothing at {place}")

    def test_verify_of_a_cut_store_says_so_and_does_not_die(self):
        daemon = self.filled()
        daemon.stop()
        data = daemon.store / "data.mdb"
        good = data.read_bytes()
        for size in (len(good) // 2 // 4096 * 4096, 8192, 5000, 4096, 100, 0):
            data.write_bytes(good[:size])
            for command in ("verify", "log", "replay"):
                done = harness.ladder(command, daemon.store, timeout=30)
                with self.subTest(command=command, size=size):
                    self.assertGreaterEqual(done.returncode, 0, "killed by a signal")
                    self.assertIn(done.returncode, (1, *range(64, 79)), done)

    def test_a_daemon_on_a_cut_store_ends_with_a_message_or_serves_no_wrong_log(self):
        daemon = self.filled()
        log = daemon.get("/v1/log", who="analyst").body
        daemon.stop()
        data = daemon.store / "data.mdb"
        good = data.read_bytes()
        for size in (len(good) // 2 // 4096 * 4096, 8192, 4096, 100):
            data.write_bytes(good[:size])
            (daemon.store / "state").unlink(missing_ok=True)
            with self.subTest(size=size):
                daemon.output.unlink(missing_ok=True)
                try:
                    daemon.start()
                except AssertionError as error:
                    self.assertNotRegex(str(error), r"ended at once with -", "killed by a signal")
                    self.assertIn(str(daemon.store), daemon.messages())
                    continue
                answer = daemon.get("/v1/log", who="analyst")
                if answer.status == 200:
                    self.assertEqual(answer.body, log)
                daemon.kill()

    def test_live_and_replay_agree_when_only_known_at_is_given(self):
        daemon = self.filled(5)
        for known_at in (daemon.records()[10]["recorded_at"], "2026-01-10T12:00:00.000000Z"):
            answer = daemon.get("/v1/indicators", who="analyst", known_at=known_at)
            done = harness.ladder("replay", "--known-at", known_at, daemon.store)
            self.assertEqual((answer.status == 200, answer.status == 200 and answer.body),
                             (done.returncode == 0, done.returncode == 0 and done.stdout))
        daemon.stop()

    def test_replay_has_the_defaults_of_the_contract(self):
        daemon = self.filled()
        last = daemon.records()[-1]["recorded_at"]
        daemon.stop()
        before = harness.today()
        found = json.loads(harness.ladder("replay", daemon.store, check=0).stdout)
        self.assertIn(found["as_of"], (before.isoformat(), harness.day()))
        self.assertEqual((found["municipality"], found["window"], found["profile"]),
                         ("all", 365, "internal"))
        self.assertGreaterEqual(found["known_at"], last, "the whole log")
        self.assertGreater(found["population"]["persons"], 0)

    def test_replay_takes_every_option(self):
        daemon = self.filled()
        k = daemon.records()[300]["recorded_at"]
        answer = daemon.figures(as_of="2026-03-31", known_at=k, municipality="GM0823", window=730)
        daemon.stop()
        done = harness.ladder("replay", "--window", 730, "--municipality", "GM0823", daemon.store,
                            "--as-of=2026-03-31", "--known-at", k, check=0)
        self.assertEqual(done.stdout, answer.body)
        self.assertEqual(done.stderr, b"", "no progress where no terminal is")

    def test_replay_refuses_what_the_endpoint_refuses(self):
        daemon = self.filled(5)
        daemon.stop()
        for arguments in (("--known-at", "2099-01-01T00:00:00.000000Z"),
                          ("--as-of", "2099-01-01"),
                          ("--as-of", "2026-01-12", "--known-at", "2026-01-10T23:30:00.000000Z")):
            done = harness.ladder("replay", daemon.store, *arguments)
            self.assertIn(done.returncode, range(64, 79), done)
            self.assertEqual(done.stdout, b"")

    def test_a_wrong_value_of_an_option_of_replay_is_64_and_names_the_option(self):
        daemon = self.ladderd()
        daemon.stop()
        for option, value, says in (
                ("--as-of", "2026-02-30", "as-of"), ("--as-of", "x", "as-of"),
                ("--known-at", "x", "known-at"), ("--window", "29", "30"),
                ("--window", "3661", "3660"), ("--format", "xml", "json"),
                ("--municipality", "x", "municipality")):
            with self.subTest(option=option, value=value):
                done = harness.ladder("replay", option, value, daemon.store)
                self.assertEqual(done.returncode, USAGE, done)
                self.assertIn(says, done.stderr.decode())
                self.assertEqual(done.stdout, b"")

    def test_replay_verify_finds_a_spoiled_saved_state(self):
        daemon = self.filled()
        figures = daemon.figures(as_of="2026-06-30").json
        daemon.restart()  # the state is saved now and then, at the latest at a start
        daemon.stop()
        harness.ladder("replay", "--verify", daemon.store, check=0)
        saved = [file for file in daemon.store.rglob("*") if file.is_file()
                 and file.name not in ("data.mdb", "lock.mdb") and file.stat().st_size > 200]
        self.assertTrue(saved, "there is a saved state beside the store")
        for file in saved:
            good = file.read_bytes()
            for place in (len(good) // 2, len(good) - 1, 100):
                bad = bytearray(good)
                bad[place] ^= 0x10
                file.write_bytes(bad)
                done = harness.ladder("replay", "--verify", daemon.store)
                self.assertEqual(done.returncode, 1, (file, place, done))
        # A broken one is rebuilt, and the figures are right.
        daemon.start()
        again = daemon.figures(as_of="2026-06-30").json
        self.assertEqual(again["indicators"]["ladder_step"], figures["indicators"]["ladder_step"])
        self.assertEqual(again["population"], figures["population"])
        daemon.stop()
        for file in saved:
            file.unlink(missing_ok=True)
        daemon.start()
        self.assertEqual(daemon.figures(as_of="2026-06-30").json["population"],
                         figures["population"])
        daemon.restart()
        daemon.stop()
        harness.ladder("replay", "--verify", daemon.store, check=0)

    def test_a_second_daemon_on_the_same_store_is_refused(self):
        daemon = self.ladderd()
        daemon.accept(event())
        other = self.ladderd(start=False)
        other.store = daemon.store
        other.write_config()
        done = harness.run(harness.LADDERD, "--config", other.config, *harness.as_root(), timeout=15)
        self.assertIn(done.returncode, range(64, 79), done)
        self.assertIn(str(daemon.store), done.stderr.decode())
        self.assertRegex(done.stderr.decode(), r"(?i)another|other|already|in use|locked|running")
        daemon.accept(event())
        daemon.stop()
        other.start()
        other.stop()

    def test_a_port_that_is_taken_is_told(self):
        daemon = self.ladderd()
        other = self.ladderd(start=False)
        other.port = daemon.port
        other.write_config()
        done = harness.run(harness.LADDERD, "--config", other.config, *harness.as_root(), timeout=15)
        self.assertIn(done.returncode, range(64, 79), done)
        self.assertIn(str(daemon.port), done.stderr.decode())
        daemon.stop()

    def test_push_tells_rejections_with_exit_1_and_a_rejects_file(self):
        daemon = self.ladderd()
        bad, good = event(body={"rung": 9}), event()
        file, rejects = daemon.place / "a.json", daemon.place / "rejects.ndjson"
        file.write_text(json.dumps({"events": [good, bad]}))
        command = ("push", "--to", f"http://127.0.0.1:{daemon.port}", "--token-file",
                   daemon.token_file("isd"), "--rejects", rejects, file)
        done = harness.ladder(*command)
        self.assertEqual(done.returncode, 1, done)
        lines = [json.loads(line) for line in rejects.read_text().splitlines()]
        self.assertEqual(len(lines), 1)
        self.assertIn("bad_value", rejects.read_text())
        self.assertIn(bad["id"], rejects.read_text())
        self.assertEqual(len(daemon.records()), 1)
        file.write_text(json.dumps({"events": [good]}))
        done = harness.ladder(*command, check=0)
        self.assertEqual(done.stderr.count(b"\r"), 0, "no progress where no terminal is")
        daemon.stop()

    def test_push_with_a_wrong_token_is_an_error(self):
        daemon = self.ladderd()
        file, wrong = daemon.place / "a.json", daemon.place / "wrong"
        file.write_text(json.dumps({"events": [event()]}))
        wrong.write_text(harness.token()[0] + "\n")
        wrong.chmod(0o600)
        done = harness.ladder("push", "--to", f"http://127.0.0.1:{daemon.port}", "--token-file",
                            wrong, file)
        self.assertIn(done.returncode, range(64, 79), done)
        self.assertTrue(done.stderr.strip())
        self.assertEqual(daemon.records(), [])
        daemon.stop()


class Configuration(harness.OwnDaemon):
    def check(self, text, *flags):
        file = self.place() / "ladderd.conf"
        file.write_text(text)
        done = harness.run(harness.LADDERD, "--check-config", "--config", file, *flags, timeout=15)
        return done, (done.stdout + done.stderr).decode(), file

    def test_an_empty_file_is_right(self):
        done, said, _ = self.check("")
        self.assertEqual(done.returncode, 0, said)

    def test_comments_and_blank_lines_are_right(self):
        done, said, _ = self.check("; a comment\n# another\n\n[http]\nlisten = 127.0.0.1:7499\n")
        self.assertEqual(done.returncode, 0, said)

    def test_all_errors_are_listed_at_once_with_file_and_line(self):
        good_hash = harness.token()[1]
        text = (
            "[store]\n"                              # 1
            "path = /tmp/x\n"                        # 2
            "no_such_key = 1\n"                      # 3
            "[http]\n"                               # 4
            "listen = nonsense\n"                    # 5
            "[no_such_section]\n"                    # 6
            "a = b\n"                                # 7
            "[partner isd]\n"                        # 8
            "org_type = NONSENSE\n"                  # 9
            "token_hash = tooshort\n"                # 10
            "types = ladder_assessed, nonsense\n"    # 11
            "municipalities = GM0823, Oirschot\n"    # 12
            "[analyst a]\n"                          # 13
            f"token_hash = {good_hash}\n"            # 14
            "log = maybe\n"                          # 15
            "municipalities = GM1\n"                 # 16
            "[scraper s]\n"                          # 17
            "types = *\n")                           # 18
        done, said, file = self.check(text)
        self.assertIn(done.returncode, (1, *range(64, 79)), said)
        told = {int(line) for line in re.findall(
            re.escape(file.name) + r"(?::|,? line )(\d+)", said)}
        self.assertLessEqual({3, 5, 9, 10, 11, 12, 15, 16, 18}, told, said)
        self.assertTrue(told & {6, 7}, said)
        self.assertEqual(told & {1, 2, 4, 8, 13, 14, 17}, set(), said)

    def test_errors_say_what_is_allowed(self):
        for text, allowed in (
                ("[partner x]\norg_type = NONSENSE\n", ("MUNICIPALITY", "VOLUNTEERS", "OTHER")),
                ("[analyst x]\nlog = maybe\n", ("yes", "no")),
                ("[store]\nno_such_key = 1\n", ("path", "size_max")),
                ("[partner x]\nno_such_key = 1\n", ("types", "municipalities", "token_hash")),
                ("[nonsense]\na = 1\n", ("partner", "analyst", "scraper", "store")),
                ("[public]\nround_to = 7\n", ("5", "10")),
                ("[partner x]\ntypes = nonsense\n", ("*",))):
            done, said, _ = self.check(text)
            with self.subTest(text=text):
                self.assertNotEqual(done.returncode, 0)
                for word in allowed:
                    self.assertIn(word, said)

    def test_counts_are_rounded_to_5_or_10(self):
        for base, right in ((3, False), (5, True), (10, True)):
            done, said, _ = self.check(f"[public]\nround_to = {base}\n")
            self.assertEqual(done.returncode == 0, right, said)

    def test_ladderd_does_not_start_on_a_bad_configuration(self):
        file = self.place() / "ladderd.conf"
        store = self.place() / "store"
        file.write_text(f"[store]\npath = {store}\nnonsense = 1\n[http]\nlisten = 127.0.0.1:0x\n")
        done = harness.run(harness.LADDERD, "-c", file, timeout=15)
        self.assertIn(done.returncode, range(64, 79), done)
        self.assertIn(f"{file.name}:3", done.stderr.decode().replace(", line ", ":"))
        self.assertFalse(store.exists())

    def test_a_configuration_that_is_not_there_is_an_error(self):
        done = harness.run(harness.LADDERD, "--config", "/no/such/file.conf", timeout=15)
        self.assertIn(done.returncode, range(64, 79), done)
        self.assertIn("/no/such/file.conf", done.stderr.decode())

    def test_a_flag_wins_over_the_file(self):
        daemon = self.ladderd(start=False)
        text = daemon.config.read_text()
        daemon.config.write_text(text.replace(f":{daemon.port}", f":{harness.free_port()}"))
        daemon.start("--set", f"http.listen=127.0.0.1:{daemon.port}")
        daemon.accept(event())
        daemon.stop()

    def test_a_store_that_cannot_be_made_is_told(self):
        daemon = self.ladderd(start=False)
        daemon.store = daemon.place / "a-file" / "store"
        (daemon.place / "a-file").write_text("")
        daemon.write_config()
        done = harness.run(harness.LADDERD, "-c", daemon.config, *harness.as_root(), timeout=15)
        self.assertIn(done.returncode, range(64, 79), done)
        self.assertIn(str(daemon.store), done.stderr.decode())

    def test_check_config_touches_no_store(self):
        store = self.place() / "store"
        done, said, _ = self.check(f"[store]\npath = {store}\n")
        self.assertEqual(done.returncode, 0, said)
        self.assertFalse(store.exists())

    def test_two_sections_of_one_name_or_two_partners_with_one_token_are_told(self):
        one = harness.token()[1]
        done, said, _ = self.check(f"[partner a]\ntoken_hash = {one}\n"
                                   f"[partner b]\ntoken_hash = {one}\n")
        self.assertNotEqual(done.returncode, 0, "a token that names two partners names none")
        self.assertNotIn(one, said)

    def test_a_key_given_twice_is_told(self):
        done, said, file = self.check("[http]\nlisten = 127.0.0.1:7490\n"
                                      "listen = 127.0.0.1:7491\n")
        self.assertNotEqual(done.returncode, 0, said)
        self.assertIn("listen", said)

    def test_a_line_that_is_no_ini_is_told_with_its_number(self):
        done, said, file = self.check("[http]\nlisten = 127.0.0.1:7490\nthis is nonsense\n")
        self.assertNotEqual(done.returncode, 0, said)
        self.assertRegex(said, re.escape(file.name) + r"(:|,? line )3\b")

    def test_a_long_line_is_not_cut_in_silence(self):
        many = ", ".join(f"GM{number:04}" for number in range(2000))
        daemon = self.ladderd({"isd": {"municipalities": many}}, start=False)
        done = harness.run(harness.LADDERD, "--check-config", "--config", daemon.config)
        if done.returncode == 0:
            daemon.start()
            daemon.accept(event(municipality="GM1999"))
            daemon.stop()
        else:
            self.assertRegex((done.stdout + done.stderr).decode(), r"(?i)long")

    def test_nothing_secret_is_printed(self):
        daemon = self.ladderd()
        daemon.accept(event())
        daemon.post("{", token="wrong-token-of-somebody")
        daemon.stop()
        for name, secret in daemon.tokens.items():
            self.assertNotIn(secret, daemon.messages(), name)
        self.assertNotIn("wrong-token-of-somebody", daemon.messages())


if __name__ == "__main__":
    harness.unittest.main()
