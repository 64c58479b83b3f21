/*
 * Puts names to the pseudonyms of the work list, from a table that the reader chooses. The file is
 * read here and sent nowhere; the names are in this page only, and go with it.
 */
(function () {
	"use strict";
	var names = document.getElementById("names");
	var print = document.getElementById("print");
	var choice = document.getElementById("choice");
	var list = document.getElementById("list");
	var rows = Array.prototype.slice.call(document.querySelectorAll("main tbody tr"));
	var table, forget, found;

	/* UTF-16 and UTF-8 by their mark; else UTF-8 when it is that, or what Windows writes. */
	function decode(buffer) {
		var bytes = new Uint8Array(buffer);
		if (bytes[0] === 0xFF && bytes[1] === 0xFE) {
			return new TextDecoder("utf-16le", { fatal: true }).decode(buffer);
		}
		if (bytes[0] === 0xFE && bytes[1] === 0xFF) {
			return new TextDecoder("utf-16be", { fatal: true }).decode(buffer);
		}
		try {
			return new TextDecoder("utf-8", { fatal: true }).decode(buffer);
		} catch (error) {
			if (bytes[0] === 0xEF && bytes[1] === 0xBB && bytes[2] === 0xBF) {
				throw error;
			}
			return new TextDecoder("windows-1252").decode(buffer);
		}
	}

	/* The delimiter that a line sep= gives, else the one that the first line has first. */
	function delimiter(text) {
		var given = /^sep=(.)\r?\n/.exec(text);
		var first = /[;,\t]/.exec(text.split("\n")[0]);
		return given ? given[1] : first ? first[0] : ",";
	}

	function unmarked(cell) {
		return /^'+[=+@\t\r\-]/.test(cell) ? cell.slice(1) : cell;
	}

	/* The cells of a CSV. Throws where a quotation mark has no end. */
	function parse(text) {
		var end = delimiter(text);
		var lines = [], line = [], cell = "", at = 0, quoted = false;
		var body = text.replace(/^sep=.\r?\n/, "");
		function finish() {
			line.push(unmarked(cell.trim()));
			cell = "";
		}
		for (at = 0; at < body.length; at++) {
			var c = body[at];
			if (quoted) {
				if (c !== "\"") {
					cell += c;
				} else if (body[at + 1] === "\"") {
					cell += c;
					at++;
				} else {
					quoted = false;
				}
			} else if (c === "\"" && cell === "") {
				quoted = true;
			} else if (c === end) {
				finish();
			} else if (c === "\n" || c === "\r") {
				finish();
				lines.push(line);
				line = [];
			} else {
				cell += c;
			}
		}
		if (quoted) {
			throw new Error("a quotation mark without an end");
		}
		if (cell !== "" || line.length > 0) {
			finish();
			lines.push(line);
		}
		return lines.filter(function (one) {
			return one.length > 1 || one[0] !== "";
		});
	}

	/* From pseudonym to name: of several lines about one the first. */
	function read(text) {
		var lines = parse(text);
		var column = lines.length === 0 ? -1 : lines[0].findIndex(function (heading) {
			return /(subject|pseudoniem|pseudonym)$/.test(
				heading.toLowerCase().replace(/[^a-z]/g, ""));
		});
		var people = new Map();
		if (column === -1) {
			throw new Error("no column of pseudonyms");
		}
		lines.slice(1).forEach(function (line) {
			var name = line.filter(function (cell, place) {
				return place !== column && cell !== "";
			}).join(" ");
			if (line[column] && name !== "" && !people.has(line[column])) {
				people.set(line[column], name);
			}
		});
		return people;
	}

	function say(sentence, values) {
		found.textContent = (values || []).reduce(function (said, value) {
			return said.replace("{}", String(value));
		}, sentence);
	}

	/* Puts the names there, or takes them away. Returns how many rows have one. */
	function show(people) {
		var count = 0;
		rows.forEach(function (row) {
			var who = row.querySelector(".who");
			var subject = who.dataset.subject || who.textContent;
			var name = people.get(subject);
			who.dataset.subject = subject;
			who.textContent = "";
			if (name === undefined) {
				who.textContent = subject;
				return;
			}
			var strong = document.createElement("strong");
			var small = document.createElement("small");
			strong.textContent = name;
			small.textContent = subject;
			who.append(strong, " ", small);
			count++;
		});
		forget.hidden = count === 0;
		return count;
	}

	function choose() {
		var file = table.files[0];
		if (!file) {
			return;
		}
		file.arrayBuffer().then(function (buffer) {
			var people = read(decode(buffer).replace(/^\uFEFF/, ""));
			var count = show(people);
			say(count > 0 ? names.dataset.found : names.dataset.none, [count, rows.length]);
		}).catch(function () {
			show(new Map());
			say(names.dataset.bad);
		});
	}

	/* With names on the page the choice is made here: another page would have none. */
	function narrow(event) {
		if (!list.dataset.whole || !forget || forget.hidden) {
			return;
		}
		var place = choice.elements.municipality.value;
		var silent = choice.elements.silent.value;
		event.preventDefault();
		rows.forEach(function (row) {
			row.hidden = (place !== "all" && row.dataset.place !== place) ||
				(silent !== "" && row.dataset.silent !== silent);
		});
	}

	if (names) {
		table = document.getElementById("table");
		forget = document.getElementById("forget");
		found = document.getElementById("found");
		names.hidden = false;
		table.addEventListener("change", choose);
		forget.addEventListener("click", function () {
			table.value = "";
			show(new Map());
			say(names.dataset.gone);
			table.focus();
		});
		/* A page that the browser brings back has none either. */
		window.addEventListener("pagehide", function () {
			table.value = "";
			show(new Map());
		});
		choice.addEventListener("submit", narrow);
	}
	if (print) {
		print.hidden = false;
		print.addEventListener("click", function () {
			window.print();
		});
	}
}());
