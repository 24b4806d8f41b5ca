// @ts-check
/** Lets the check see how many files knip looked at: knip is content with none.
 * @type {import('knip').Reporter}
 */
export default function count({ counters }) {
  console.log(`${counters.processed} files seen`);
}
