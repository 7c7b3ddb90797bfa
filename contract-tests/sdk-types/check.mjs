#!/usr/bin/env node
// Holds the committed requests of the adapters (airframe-adapters/src/test/resources/golden) against the types of the
// vendors' own SDKs: a field that the SDK does not know, or of another type, is an error.
//
// Usage: node check.mjs FOLDER     FOLDER holds package.json, package-lock.json and node_modules, as .ci/real-parts makes it
//
// folders.json says which type the bodies of a folder have, by the end of the address where a folder speaks two of them; the
// types are in types/. What is meant to differ from them stands in differences.json, with the reason: fields that the SDK does
// not know, or, with a value to "give", that it asks for and the API does not; all of them, or those of the objects "where"
// other fields have a value. Each body becomes an object literal of the type, so that the TypeScript compiler looks for fields
// too many; Google's SDK also writes each body itself, and the two have to be equal.
//
// A type tells names and kinds of fields, not ranges of numbers, lengths, nor what a model takes. Where a field may be one of
// several types, the compiler lets fields of any of them pass.
//
// Proves itself on every run: bodies with planted faults have to fail, and so has every difference that is not allowed for.
//
// Prints one line for each check: "pass" or "fail", a tab, the check, and for a failure a tab and the reason. Ends with 1 if
// one failed.
import { spawnSync } from 'node:child_process';
import { createRequire } from 'node:module';
import fs from 'node:fs';
import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const here = path.dirname(fileURLToPath(import.meta.url));
const golden = path.resolve(here, '../../airframe-adapters/src/test/resources/golden');
const read = (...names) => JSON.parse(fs.readFileSync(path.join(...names), 'utf8'));

if (process.argv.length !== 3) {
  console.error('usage: node check.mjs FOLDER');
  process.exit(2);
}
const work = path.resolve(process.argv[2]);
const folders = read(here, 'folders.json');
const differences = read(here, 'differences.json');
const results = [];
const result = (name, reason) => results.push(reason ? `fail\t${name}\t${reason}` : `pass\t${name}`);

// The bodies

function bodies() {
  const all = [];
  for (const folder of fs.readdirSync(golden).sort()) {
    const type = folders[folder];
    if (type === undefined) {
      result(folder, 'folders.json does not name the type of its bodies; null, if there is none');
      continue;
    }
    for (const file of type === null ? [] : fs.readdirSync(path.join(golden, folder)).sort()) {
      const told = read(golden, folder, file);
      if (told.body === undefined) {
        continue;
      }
      const name = `${folder} ${path.basename(file, '.json')}`;
      const named = typeof type === 'string' ? type : type[Object.keys(type).find((end) => told.request.endsWith(end))];
      if (named === undefined) {
        result(name, `folders.json names no type for ${told.request}`);
        continue;
      }
      all.push({ folder, type: named, name, body: told.body });
    }
  }
  for (const folder of Object.keys(folders)) {
    if (!fs.existsSync(path.join(golden, folder))) {
      result(folder, 'folders.json names it, but there are no such requests');
    }
  }
  return all;
}

// The differences that are meant

/** Every object that a path such as messages[].content leads into, with the field at its end: one it has, or is given. */
function places(value, steps, entry) {
  if (value === null || typeof value !== 'object') {
    return [];
  }
  const [step, ...rest] = steps;
  if (step === '[]') {
    return Array.isArray(value) ? value.flatMap((one) => places(one, rest, entry)) : [];
  }
  if (rest.length === 0) {
    if (Object.entries(entry.where ?? {}).some(([field, is]) => value[field] !== is)) {
      return [];
    }
    return Object.hasOwn(value, step) !== (entry.give !== undefined) ? [[value, step]] : [];
  }
  return places(value[step], rest, entry);
}

const steps = (field) => field.replaceAll('[]', '.[]').split('.');

/** A copy without the fields that may differ, and with those that only the SDK's own bodies have. */
function levelled(body, entries) {
  const copy = structuredClone(body);
  for (const entry of entries) {
    for (const [object, name] of places(copy, steps(entry.field), entry)) {
      if (entry.give === undefined) {
        delete object[name];
      } else {
        object[name] = entry.give;
      }
    }
  }
  return copy;
}

// The compiler

/** A TypeScript file, and the path that each of its lines shows. */
function literal(type, body) {
  const lines = [`import type { Body } from '../types/${type}';`, 'const body: Body ='];
  const paths = ['', ''];
  const write = (value, before, after, where) => {
    paths.push(where);
    if (value === null || typeof value !== 'object' || Object.keys(value).length === 0) {
      lines.push(before + JSON.stringify(value) + after);
      return;
    }
    const list = Array.isArray(value);
    lines.push(before + (list ? '[' : '{'));
    for (const [key, one] of Object.entries(value)) {
      write(one, list ? '' : `${JSON.stringify(key)}: `, ',', list ? `${where}[${key}]` : `${where}.${key}`);
    }
    paths.push(where);
    lines.push((list ? ']' : '}') + after);
  };
  write(body, '', ';', '');
  lines.push('export default body;');
  return { text: lines.join('\n') + '\n', paths };
}

/** The compiler's errors of each candidate, by its place in the list. */
function compile(candidates) {
  const requests = path.join(work, 'requests');
  fs.rmSync(requests, { recursive: true, force: true });
  fs.mkdirSync(requests, { recursive: true });
  fs.rmSync(path.join(work, 'types'), { recursive: true, force: true });
  fs.cpSync(path.join(here, 'types'), path.join(work, 'types'), { recursive: true });
  fs.copyFileSync(path.join(here, 'tsconfig.json'), path.join(work, 'tsconfig.json'));
  const written = candidates.map((candidate, number) => {
    const file = literal(candidate.type, candidate.body);
    fs.writeFileSync(path.join(requests, `r${number}.ts`), file.text);
    return file;
  });
  const errors = candidates.map(() => []);
  const tsc = path.join(work, 'node_modules', 'typescript', 'bin', 'tsc');
  const run = spawnSync(process.execPath, [tsc, '-p', work, '--pretty', 'false'], { encoding: 'utf8', cwd: work });
  let last;
  for (const line of run.stdout.split('\n')) {
    const found = line.match(/^requests\/r(\d+)\.ts\((\d+),\d+\): error (.*)$/);
    if (found) {
      last = errors[Number(found[1])];
      const where = written[Number(found[1])].paths[Number(found[2]) - 1] ?? '';
      last.push(`${where.replace(/^\./, '') || 'the body'}: ${found[3]}`);
    } else if (line.startsWith('  ') && last) {
      last.push(line.trim());
    } else if (line.trim()) {
      throw new Error(`the compiler says: ${line}`);
    }
  }
  if (run.error || run.stderr || (run.status !== 0) !== errors.some((one) => one.length > 0)) {
    throw new Error(`the compiler ended with ${run.status}: ${run.error ?? ''} ${run.stderr}`);
  }
  return errors;
}

// Google's own writer

async function googleWriter() {
  const require = createRequire(path.join(work, 'package.json'));
  const { GoogleGenAI } = await import(pathToFileURL(require.resolve('@google/genai')).href);
  let sent;
  globalThis.fetch = async (address, init) => {
    sent = JSON.parse(init.body);
    return new Response('{"candidates":[]}', { headers: { 'content-type': 'application/json' } });
  };
  const client = new GoogleGenAI({ apiKey: 'none' });
  return async ({ contents, generationConfig, ...rest }) => {
    await client.models.generateContent({ model: 'm', contents, config: { ...generationConfig, ...rest } });
    return sent;
  };
}

/** The first difference between two values as text; undefined if they are equal, in whatever order fields come. */
function difference(ours, theirs, where = 'the body') {
  if (ours === theirs) {
    return undefined;
  }
  const objects = [ours, theirs].every((one) => one !== null && typeof one === 'object');
  if (!objects || Array.isArray(ours) !== Array.isArray(theirs)) {
    return `${where}: ${JSON.stringify(ours)}, the SDK writes ${JSON.stringify(theirs)}`;
  }
  for (const key of new Set([...Object.keys(ours), ...Object.keys(theirs)])) {
    const found = difference(ours[key], theirs[key], `${where}.${key}`);
    if (found) {
      return found;
    }
  }
  return undefined;
}

// Faults that have to be seen

const CONVERSATION = ['messages', 'contents', 'input', 'prompt'];

function planted(candidate) {
  const plants = [];
  const plant = (what, change) => {
    const body = structuredClone(candidate.body);
    if (change(body) !== false) {
      plants.push({ ...candidate, body, name: `${candidate.folder}: ${what} is seen`, fails: true });
    }
  };
  plant('a field that nobody knows', (body) => {
    body.planted_field = true;
  });
  plant('a field that nobody knows, in a message', (body) => {
    const turns = body.messages ?? body.contents ?? body.input;
    if (!Array.isArray(turns)) {
      return false;
    }
    turns[0].planted_field = true;
  });
  plant('a conversation that is a number', (body) => {
    body[CONVERSATION.find((name) => name in body)] = 7;
  });
  return plants;
}

async function main() {
  const all = bodies();
  const checks = [];
  const seen = new Set();
  for (const one of all) {
    const allowed = differences.filter((entry) => entry.folders.includes(one.folder));
    const body = levelled(one.body, allowed);
    checks.push({ ...one, body, fails: false });
    if (!seen.has(one.folder)) {
      seen.add(one.folder);
      checks.push(...planted({ ...one, body }));
    }
  }
  // A difference that the types would let pass need not be listed.
  for (const entry of differences) {
    for (const folder of entry.folders) {
      const name = `${folder}: ${entry.field} differs as differences.json says`;
      const holder = all.find(
        (one) => one.folder === folder && places(one.body, steps(entry.field), entry).length > 0,
      );
      if (!holder) {
        result(name, 'no request of the folder holds it: take it out of differences.json');
        continue;
      }
      const others = differences.filter((other) => other !== entry && other.folders.includes(folder));
      checks.push({
        ...holder,
        name,
        body: levelled(holder.body, others),
        fails: true,
      });
    }
  }
  const errors = compile(checks);
  const google = await googleWriter();
  for (const [number, check] of checks.entries()) {
    const found = errors[number];
    if (check.type === 'gemini') {
      try {
        const differs = difference(check.body, await google(check.body));
        found.push(...(differs ? [differs] : []));
      } catch (refused) {
        found.push(`the SDK refuses it: ${refused.message}`);
      }
    }
    const reason = found.join(' | ');
    if (check.fails) {
      result(check.name, reason ? '' : 'it went unseen');
    } else {
      result(check.name, reason);
    }
  }
  process.stdout.write(results.map((line) => line.replaceAll('\n', ' ') + '\n').join(''));
  process.exitCode = results.some((line) => line.startsWith('fail')) ? 1 : 0;
}

await main();
