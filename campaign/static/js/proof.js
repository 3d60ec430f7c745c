// Does the work that a sign-up form asks for in times of many, while the form is being filled in.
// Whoever sends it earlier, or has no script, is confirmed by mail instead.

const ROUND = new Uint32Array(64);
const START = new Uint32Array(8);
{
  // The first bits of the fractional parts of roots of primes (FIPS 180-4, 4.2.2 and 5.3.3).
  const bits = (root) => ((root - Math.floor(root)) * 2 ** 32) >>> 0;
  for (let number = 2, found = 0; found < 64; number += 1) {
    let isPrime = true;
    for (let by = 2; by * by <= number; by += 1) isPrime &&= number % by !== 0;
    if (!isPrime) continue;
    if (found < 8) START[found] = bits(Math.sqrt(number));
    ROUND[found] = bits(Math.cbrt(number));
    found += 1;
  }
}

const turn = (word, by) => (word >>> by) | (word << (32 - by));

/** Return the first word of the SHA-256 of bytes. */
function firstWord(bytes) {
  const length = (((bytes.length + 8) >> 6) + 1) << 6;
  const padded = new Uint8Array(length);
  padded.set(bytes);
  padded[bytes.length] = 0x80;
  const view = new DataView(padded.buffer);
  view.setUint32(length - 4, bytes.length * 8);
  const state = START.slice();
  const words = new Uint32Array(64);
  for (let at = 0; at < length; at += 64) {
    for (let i = 0; i < 16; i += 1) words[i] = view.getUint32(at + i * 4);
    for (let i = 16; i < 64; i += 1) {
      const [early, late] = [words[i - 15], words[i - 2]];
      words[i] = words[i - 16] + (turn(early, 7) ^ turn(early, 18) ^ (early >>> 3))
        + words[i - 7] + (turn(late, 17) ^ turn(late, 19) ^ (late >>> 10));
    }
    let [a, b, c, d, e, f, g, h] = state;
    for (let i = 0; i < 64; i += 1) {
      const first = (h + (turn(e, 6) ^ turn(e, 11) ^ turn(e, 25)) + ((e & f) ^ (~e & g))
        + ROUND[i] + words[i]) | 0;
      const second = ((turn(a, 2) ^ turn(a, 13) ^ turn(a, 22)) + ((a & b) ^ (a & c) ^ (b & c))) | 0;
      [h, g, f, e, d, c, b, a] = [g, f, e, (d + first) | 0, c, b, a, (first + second) | 0];
    }
    [a, b, c, d, e, f, g, h].forEach((word, i) => { state[i] += word; });
  }
  return state[0];
}

const SLICE = 25; // milliseconds at a time, so that typing is not held up

function work(proof) {
  const token = proof.form.elements.form_token.value;
  const most = 2 ** (32 - Number(proof.dataset.bits));
  const encoder = new TextEncoder();
  let nonce = 0;
  const step = () => {
    const end = performance.now() + SLICE;
    while (performance.now() < end) {
      if (firstWord(encoder.encode(`${token}:${nonce}`)) < most) {
        proof.value = String(nonce);
        return;
      }
      nonce += 1;
    }
    setTimeout(step);
  };
  step();
}

document.querySelectorAll("input[name=proof][data-bits]").forEach(work);
