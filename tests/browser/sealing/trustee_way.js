// What a trustee's page makes of key files, headers and drills, good and bad: test_trustee.py compares.

import * as encoding from "./encoding.js";
import * as envelope from "./envelope.js";
import * as key_file from "./key_file.js";
import * as trustee from "./trustee.js";

const code = async (work) => {
  try {
    await work();
    return "ok";
  } catch (error) {
    return error.message || error.name;
  }
};

export async function created({ passphrase }) {
  const { file, shown } = await key_file.created({ passphrase, chance: envelope.random });
  return { file: encoding.base64(file), shown };
}

export async function opened({ files, passphrase }) {
  const found = {};
  for (const [name, file] of Object.entries(files)) {
    found[name] = await code(() => key_file.opened(encoding.unbase64(file), passphrase));
  }
  return found;
}

export async function released({ file, passphrase, headers, policies, round, at, ts }) {
  const held = await key_file.opened(encoding.unbase64(file), passphrase);
  const policy = await trustee.checked(headers, { policies, round, at });
  const said = await trustee.message(headers, { policy, held, close_leaf: 7, ts });
  return { said: encoding.base64(encoding.jcs(said)), close_set: await trustee.closeSet(headers) };
}

export async function refused({ attempts }) {
  const found = {};
  for (const [name, { headers, ...of }] of Object.entries(attempts)) {
    found[name] = await code(() => trustee.checked(headers, of));
  }
  return found;
}

export async function drills({ attempts }) {
  const found = {};
  for (const [name, { headers, policy }] of Object.entries(attempts)) {
    found[name] = await code(() => trustee.madeUp(headers, policy));
  }
  return found;
}
