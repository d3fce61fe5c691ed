// What does this browser keep of a sealed bid, so that a closed tab or a cut line loses nothing?
// Small things in IndexedDB, the envelope itself as a private file on disk. Nothing here opens a bid without its lock.

const STORES = ["keys", "bids", "openings"];

const done = (request) =>
  new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });

async function within(store, mode, work) {
  const opening = indexedDB.open("yangcai-sealing", 1);
  opening.onupgradeneeded = () => STORES.forEach((name) => opening.result.createObjectStore(name));
  const database = await done(opening);
  try {
    return await done(work(database.transaction(store, mode).objectStore(store)));
  } finally {
    database.close();
  }
}

export const read = (store, key) => within(store, "readonly", (rows) => rows.get(key));
export const write = (store, key, value) => within(store, "readwrite", (rows) => rows.put(value, key));
export const forget = (store, key) => within(store, "readwrite", (rows) => rows.delete(key));

// A file of this origin alone, on disk: 500 MB need no memory.
const folder = () => navigator.storage.getDirectory();

export async function writeFile(name, stream) {
  const handle = await (await folder()).getFileHandle(name, { create: true });
  const out = await handle.createWritable();
  try {
    for await (const piece of stream) await out.write(piece);
    await out.close();
  } catch (error) {
    await out.abort();
    throw error;
  }
  return handle.getFile();
}

export async function readFile(name) {
  try {
    return await (await (await folder()).getFileHandle(name)).getFile();
  } catch {
    return undefined;
  }
}

export async function removeFile(name) {
  if (await readFile(name)) await (await folder()).removeEntry(name);
}
