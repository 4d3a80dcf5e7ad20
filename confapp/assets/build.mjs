// Builds everything the application serves beside its pages: scripts, styles, images and fonts, into ../static.
//
// Scripts, styles and images carry a hash of their content in their names, so they may be cached for ever;
// manifest.json maps the name a template uses to the name that was built. A build goes to a folder of its own
// and takes the old one's place only when it is whole.

import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { cp, mkdir, readFile, readdir, rename, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { fileURLToPath } from "node:url";

import * as esbuild from "esbuild";

const here = path.dirname(fileURLToPath(import.meta.url));
const target = path.join(here, "..", "static");
const fresh = path.join(here, "..", "static.new");

/** What pages ask for by name; everything else is reached from these by import. */
const entryPoints = ["src/site.ts", "src/theme.ts", "src/board.ts", "src/agenda.ts", "src/offline.ts", "src/embed.ts", "css/site.css", "css/board.css"];

/** Whole fonts (not web subsets): the PDFs set them, and must show any name in these scripts. */
const fonts = {
  "NotoSans-Regular.ttf": "@expo-google-fonts/noto-sans/400Regular/NotoSans_400Regular.ttf",
  "NotoSans-Italic.ttf": "@expo-google-fonts/noto-sans/400Regular_Italic/NotoSans_400Regular_Italic.ttf",
  "NotoSans-Bold.ttf": "@expo-google-fonts/noto-sans/700Bold/NotoSans_700Bold.ttf",
  "NotoSans-BoldItalic.ttf": "@expo-google-fonts/noto-sans/700Bold_Italic/NotoSans_700Bold_Italic.ttf",
  "NotoSans-LICENSE.txt": "@expo-google-fonts/noto-sans/LICENSE_FONT",
  "NotoSansMath-Regular.ttf": "@expo-google-fonts/noto-sans-math/400Regular/NotoSansMath_400Regular.ttf",
  "NotoSansMath-LICENSE.txt": "@expo-google-fonts/noto-sans-math/LICENSE_FONT",
  "NotoSansSymbols2-Regular.ttf": "@expo-google-fonts/noto-sans-symbols-2/400Regular/NotoSansSymbols2_400Regular.ttf",
  "NotoSansSymbols2-LICENSE.txt": "@expo-google-fonts/noto-sans-symbols-2/LICENSE_FONT",
  "IBMPlexSansArabic-Regular.ttf": "@expo-google-fonts/ibm-plex-sans-arabic/400Regular/IBMPlexSansArabic_400Regular.ttf",
  "IBMPlexSansArabic-Bold.ttf": "@expo-google-fonts/ibm-plex-sans-arabic/700Bold/IBMPlexSansArabic_700Bold.ttf",
  "IBMPlexSansArabic-LICENSE.txt": "@expo-google-fonts/ibm-plex-sans-arabic/LICENSE_FONT",
  "SourceSerif4-SemiBold.ttf": "@expo-google-fonts/source-serif-4/600SemiBold/SourceSerif4_600SemiBold.ttf",
  "NotoEmoji-Regular.ttf": "@expo-google-fonts/noto-emoji/400Regular/NotoEmoji_400Regular.ttf",
  "NotoEmoji-Bold.ttf": "@expo-google-fonts/noto-emoji/700Bold/NotoEmoji_700Bold.ttf",
  "NotoEmoji-LICENSE.txt": "@expo-google-fonts/noto-emoji/LICENSE_FONT",
  // The pages' own fonts come in through the style sheets; their licences have to go with them.
  "SourceSans3-LICENSE.txt": "@fontsource-variable/source-sans-3/LICENSE",
  "SourceSerif4-LICENSE.txt": "@fontsource-variable/source-serif-4/LICENSE",
};

/** Bundle scripts and styles; returns logical name -> built name. */
async function bundle() {
  const building = esbuild.build({
    absWorkingDir: here,
    entryPoints,
    outdir: fresh,
    entryNames: "[name].[hash]",
    chunkNames: "chunks/[name].[hash]",
    assetNames: "media/[name].[hash]",
    bundle: true,
    format: "esm",
    splitting: true,
    minify: true,
    sourcemap: "linked",
    legalComments: "eof",
    target: ["es2022", "chrome123", "firefox120", "safari17.5"],
    loader: { ".svg": "file", ".png": "file", ".woff2": "file" },
    metafile: true,
    logLevel: "warning",
  });
  const result = await building.catch(() => process.exit(1)); // esbuild has said what is wrong, and where
  const names = {};
  for (const [output, { entryPoint }] of Object.entries(result.metafile.outputs)) {
    if (entryPoint === undefined || output.endsWith(".map")) continue;
    const extension = path.extname(output);
    const logical = path.basename(entryPoint, path.extname(entryPoint)) + extension;
    names[logical] = path.relative(fresh, path.resolve(here, output)).replaceAll(path.sep, "/");
  }
  return names;
}

/** Copy images/ (if there are any) under hashed names; returns logical name -> built name. */
async function images() {
  const source = path.join(here, "images");
  const files = await readdir(source, { recursive: true, withFileTypes: true }).catch((error) => {
    if (error.code === "ENOENT") return [];
    throw error;
  });
  const names = {};
  for (const file of files.filter((each) => each.isFile())) {
    const full = path.join(file.parentPath ?? file.path, file.name);
    const { dir, name, ext } = path.parse(path.relative(source, full));
    const hash = createHash("sha256").update(await readFile(full)).digest("hex").slice(0, 8).toUpperCase();
    const folder = path.posix.join("images", dir.replaceAll(path.sep, "/"));
    const built = `${folder}/${name}.${hash}${ext}`;
    await mkdir(path.join(fresh, folder), { recursive: true });
    await cp(full, path.join(fresh, built));
    names[`${folder}/${name}${ext}`] = built;
  }
  return names;
}

/** Copy the fonts with their licences, unhashed, since style sheets of PDFs name them as files. */
async function copyFonts() {
  const names = {};
  await mkdir(path.join(fresh, "fonts"), { recursive: true });
  for (const [name, source] of Object.entries(fonts)) {
    await cp(path.join(here, "node_modules", source), path.join(fresh, "fonts", name));
    names[`fonts/${name}`] = `fonts/${name}`;
  }
  const more = path.join(here, "fonts"); // what whoever runs this house put there, for Chinese say
  for (const name of existsSync(more) ? await readdir(more) : []) {
    if (name.endsWith(".ttf")) await cp(path.join(more, name), path.join(fresh, "fonts", name));
  }
  return names;
}

await rm(fresh, { recursive: true, force: true });
await mkdir(fresh, { recursive: true });
const manifest = { ...(await bundle()), ...(await images()), ...(await copyFonts()) };
const sorted = Object.fromEntries(Object.entries(manifest).sort(([a], [b]) => (a < b ? -1 : 1)));
await writeFile(path.join(fresh, "manifest.json"), JSON.stringify(sorted, null, 2) + "\n");
await rm(target, { recursive: true, force: true });
await rename(fresh, target);
console.log(`built ${Object.keys(sorted).length} assets`);
