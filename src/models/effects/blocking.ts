/** Node.js functions that keep the whole process from running anything else, by module. */
export const BLOCKING: Readonly<Record<string, readonly string[]>> = {
  child_process: ["execSync", "execFileSync", "spawnSync"],
  crypto: ["scryptSync", "pbkdf2Sync", "generateKeyPairSync", "generatePrimeSync", "hkdfSync"],
  zlib: [
    "gzipSync",
    "gunzipSync",
    "deflateSync",
    "inflateSync",
    "brotliCompressSync",
    "brotliDecompressSync",
    "unzipSync",
    "deflateRawSync",
    "inflateRawSync",
  ],
  fs: [
    "readFileSync",
    "writeFileSync",
    "appendFileSync",
    "copyFileSync",
    "rmSync",
    "readdirSync",
    "cpSync",
  ],
  bcrypt: ["hashSync", "compareSync", "genSaltSync"],
  bcryptjs: ["hashSync", "compareSync", "genSaltSync"],
  global: ["Atomics.wait"],
};
