/**
 * The four characters by which a printer says which ticket it has printed. They need to differ between neighbouring
 * tickets only, and printers want them ascending; so the job's number counts round at 10,000.
 */
export function processIdOf(jobNumber: number): string {
  return String(Math.abs(Math.trunc(jobNumber)) % 10_000).padStart(4, '0');
}
