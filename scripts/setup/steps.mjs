// @ts-check
import { spawn } from 'node:child_process';
import { constants } from 'node:os';

/** Setup cannot go on; `hint` is what the person at the keyboard does next. */
export class SetupError extends Error {
  /**
   * @param {string} message
   * @param {string} hint
   */
  constructor(message, hint) {
    super(message);
    this.hint = hint;
  }
}

/** One plain line for one step.
 * @param {string} line
 */
export function say(line) {
  console.log(`准备 setup: ${line}`);
}

/**
 * Runs a program to its end and returns its exit code, or null when it cannot be started.
 *
 * A stop signal is handed on to the program, and setup ends with it: npm does not do that for its children, and a
 * half-finished `npm ci` must not go on behind a person who pressed Ctrl-C.
 *
 * @param {string} program
 * @param {readonly string[]} args
 * @param {{ cwd?: string, env?: NodeJS.ProcessEnv, shell?: boolean, quiet?: boolean, silent?: boolean }} [options] `quiet` hides its standard output, `silent` its errors too
 * @returns {Promise<number | null>}
 */
export function run(program, args, { quiet = false, silent = false, ...options } = {}) {
  return new Promise((resolve) => {
    const child = spawn(program, args, {
      stdio: ['ignore', quiet || silent ? 'ignore' : 'inherit', silent ? 'ignore' : 'inherit'],
      ...options,
    });
    /** @type {NodeJS.Signals | undefined} */
    let stoppedBy;
    /** @param {NodeJS.Signals} signal */
    const stop = (signal) => {
      stoppedBy = signal;
      child.kill(signal);
    };
    /** @type {NodeJS.Signals[]} */
    const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'];
    for (const signal of signals) process.on(signal, stop);
    /** @param {number | null} code */
    const end = (code) => {
      for (const signal of signals) process.off(signal, stop);
      if (stoppedBy) process.exit(128 + constants.signals[stoppedBy]);
      resolve(code);
    };
    child.on('error', () => end(null));
    child.on('exit', (code) => end(code ?? 1));
  });
}
