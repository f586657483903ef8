// SPDX-License-Identifier: LGPL-2.1-or-later
//
// The benchmark's programs as processes that are told what to do by lines and answer by lines.

import {spawn} from 'node:child_process';
import {readFileSync, readdirSync} from 'node:fs';
import {join} from 'node:path';
import {createInterface} from 'node:readline';

import {atEnd, buildRoot, within} from '../browser/harness.mjs';

const TICKS_PER_SECOND = 100;

export class Child {
  constructor(program, ...args) {
    const path = join(buildRoot, program);
    this.name = program.split('/').pop();
    this.lines = [];
    this.waiting = [];
    this.child = spawn(path, args, {
      stdio: ['pipe', 'pipe', 'inherit'],
      env: {...process.env, GST_PLUGIN_PATH: join(buildRoot, 'gst')},
    });
    this.ended = new Promise(resolve => this.child.on('exit', resolve));
    this.child.stdin.on('error', () => {});
    createInterface({input: this.child.stdout}).on('line', line => this.take(line));
    atEnd(() => this.stop());
  }

  take(line) {
    const space = line.indexOf(' ');
    const answer = {word: line.slice(0, space), rest: line.slice(space + 1)};
    const index = this.waiting.findIndex(({word}) => word === answer.word);
    if (index >= 0)
      this.waiting.splice(index, 1)[0].resolve(answer.rest);
    else
      this.lines.push(answer);
  }

  // The next line that begins with this word; what follows it.
  expect(word, ms = 30000) {
    const index = this.lines.findIndex(line => line.word === word);
    if (index >= 0)
      return Promise.resolve(this.lines.splice(index, 1)[0].rest);
    return within(new Promise(resolve => this.waiting.push({word, resolve})), ms,
      `${this.name} to say “${word}”`);
  }

  tell(line) {
    this.child.stdin.write(line + '\n');
  }

  ask(line, word) {
    const answer = this.expect(word);
    this.tell(line);
    return answer;
  }

  // Processor time in seconds and what else the kernel counts.
  usage() {
    const folder = `/proc/${this.child.pid}`;
    const stat = readFileSync(`${folder}/stat`, 'utf8');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    const status = readFileSync(`${folder}/status`, 'utf8');
    return {
      at: performance.now() / 1000,
      cpu: (Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND,
      threads: Number(/^Threads:\s+(\d+)/m.exec(status)[1]),
      memory: Number(/^VmRSS:\s+(\d+)/m.exec(status)[1]) / 1024,
      files: readdirSync(`${folder}/fd`).length,
    };
  }

  async stop() {
    if (this.child.exitCode === null && this.child.signalCode === null) {
      this.tell('quit');
      await within(this.ended, 5000, `${this.name} to end`).catch(() => this.child.kill('SIGKILL'));
    }
  }
}
