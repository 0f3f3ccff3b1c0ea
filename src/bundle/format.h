/* Constants of bayaz-bundle(5), which says what they mean. */
#ifndef BAYAZ_BUNDLE_FORMAT_H
#define BAYAZ_BUNDLE_FORMAT_H

#define BUNDLE_VERSION 1
#define BUNDLE_MANIFEST "manifest.json"
#define BUNDLE_SIGNATURE "manifest.json.minisig"

#define BUNDLE_MAX_ENTRY 8589934591	/* bytes of an entry: 8 GiB - 1 */

enum {
	BUNDLE_NAME_BYTES = 100,	/* longest entry name and NUL */
	BUNDLE_MAX_MANIFEST = 16 << 20,	/* bytes of manifest.json */
	BUNDLE_MAX_SIGNATURE = 1024,	/* bytes of a .minisig */
	BUNDLE_TAR_BLOCK = 512,
	SEALED_NAME_BYTES = 256,	/* longest attachment name and NUL */
	SEALED_STEP = 4096,		/* sealed records are padded to this */
};

#endif
