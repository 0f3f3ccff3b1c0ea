#include "config.h"

#include <string.h>

#include "base/gettext.h"
#include "base/mem.h"
#include "base/wipe.h"
#include "trust/device.h"
#include "trust/want.h"

#define HEADING "bayaz-device 1\n"
#define NAME_LETTERS "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz" \
	"0123456789-_."

bool trust_device_set_name(struct trust_device *device, const char *name,
	struct err *err)
{
	size_t n = name != NULL ? strlen(name) : 0;

	if (n >= sizeof device->name ||
	    (n > 0 && strspn(name, NAME_LETTERS) != n))
		return err_set(err, ERR_VALUE,
			_("a worker's code has up to 32 of the characters "
			  "A-Z a-z 0-9 - _ ."));
	memset(device->name, 0, sizeof device->name);
	if (n > 0)
		memcpy(device->name, name, n);
	return true;
}

bool trust_device_new(const char *name, struct trust_device *device,
	struct err *err)
{
	memset(device, 0, sizeof *device);
	if (!trust_device_set_name(device, name, err))
		return false;
	minisign_key_new(&device->key);
	age_identity_new(&device->identity);
	return true;
}

void trust_device_fingerprint(const struct trust_device *device,
	char text[FINGERPRINT_BYTES])
{
	struct minisign_public key;

	minisign_key_public(&device->key, &key);
	minisign_public_fingerprint(&key, text);
}

void trust_device_print(const struct trust_device *device, struct str *out)
{
	str_add(out, HEADING);
	secret_line_add(out, "key-id", device->key.id, sizeof device->key.id);
	secret_line_add(out, "key", device->key.secret,
		sizeof device->key.secret);
	secret_line_add(out, "identity", device->identity.secret, 32);
	secret_line_add(out, "name", device->name, sizeof device->name);
}

static bool get_device(const char *text, struct trust_device *device,
	struct err *err)
{
	bool there[4] = { false };
	uint8_t secret[32];
	bool ok;

	ok = secret_line_get(text, "key-id", device->key.id,
			sizeof device->key.id, &there[0], err) &&
		secret_line_get(text, "key", device->key.secret,
			sizeof device->key.secret, &there[1], err) &&
		secret_line_get(text, "identity", secret, 32, &there[2], err) &&
		secret_line_get(text, "name", device->name,
			sizeof device->name, &there[3], err);
	if (ok && there[2])
		age_identity_from_secret(secret, &device->identity);
	wipe(secret, sizeof secret);
	if (!ok)
		return false;
	if (!str_starts(text, HEADING) || !there[0] || !there[1] ||
	    !there[2] || !there[3] ||
	    device->name[sizeof device->name - 1] != '\0')
		return err_set(err, ERR_SYNTAX,
			_("the stored keys are damaged or of a newer bayaz"));
	return true;
}

bool trust_device_parse(const char *bytes, size_t n_bytes,
	struct trust_device *device, struct err *err)
{
	char *text = xstrndup(bytes, n_bytes);
	bool ok;

	memset(device, 0, sizeof *device);
	ok = get_device(text, device, err);
	wipe(text, n_bytes);
	free(text);
	if (!ok)
		trust_device_wipe(device);
	return ok;
}

void trust_device_wipe(struct trust_device *device)
{
	wipe(device, sizeof *device);
	memset(device, 0, sizeof *device);
}
