// Says what of each document is not valid HTML: documents by name come as JSON from standard input,
// what is wrong with each goes out likewise.
import { createRequire } from 'node:module';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const require = createRequire(join(process.env.MODULES, 'package.json'));
const { HtmlValidate } = require('html-validate');

const validator = new HtmlValidate({ root: true, extends: ['html-validate:standard'] });
const found = {};
for (const [name, html] of Object.entries(JSON.parse(readFileSync(0, 'utf8')))) {
	const report = await validator.validateString(html);
	found[name] = report.results.flatMap((result) => result.messages)
		.map((one) => `line ${one.line}: ${one.ruleId}: ${one.message}`);
}
writeFileSync(1, JSON.stringify(found));
