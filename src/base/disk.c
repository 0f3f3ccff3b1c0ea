#include "config.h"

#include "base/disk.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/statvfs.h>
#ifdef __linux__
#include <sys/vfs.h>
#endif

#include "base/file.h"
#include "base/str.h"

static const struct disk *pretended;

void disk_pretend(const struct disk *disk)
{
	pretended = disk;
}

/* f_type, from linux/magic.h. */
enum { IS_FAT = 0x4d44, IS_EXFAT = 0x2011BAB0 };

static void look_at_type(const char *folder, struct disk *disk)
{
#ifdef __linux__
	struct statfs fs;

	if (statfs(folder, &fs) != 0)
		return;
	disk->windows_names = fs.f_type == IS_FAT || fs.f_type == IS_EXFAT;
	if (fs.f_type == IS_FAT)
		disk->max_file_bytes = UINT32_MAX;
#else
	(void)folder, (void)disk;
#endif
}

void disk_look(const char *path, struct disk *disk)
{
	char *folder = path_folder(path);
	struct statvfs fs;

	disk->max_file_bytes = disk->free_bytes = UINT64_MAX;
	disk->windows_names = false;
	look_at_type(folder, disk);
	if (statvfs(folder, &fs) == 0)
		disk->free_bytes = (uint64_t)fs.f_bavail * fs.f_frsize;
	free(folder);
	if (pretended != NULL)
		*disk = *pretended;
}

/* Without its extension such a name is a device on Windows. */
static bool is_device(const char *name)
{
	static const char *const devices[] = { "CON", "PRN", "AUX", "NUL" };
	size_t n = strcspn(name, ".");

	for (int i = 0; i < 4; i++)
		if (n == 3 && strncasecmp(name, devices[i], 3) == 0)
			return true;
	return n == 4 && (strncasecmp(name, "COM", 3) == 0 ||
			strncasecmp(name, "LPT", 3) == 0) &&
		name[3] >= '1' && name[3] <= '9';
}

bool disk_can_name(const struct disk *disk, const char *name)
{
	size_t n = strlen(name);

	if (!disk->windows_names)
		return true;
	for (size_t i = 0; i < n; i++)
		if ((unsigned char)name[i] < ' ' ||
				strchr("\\/:*?\"<>|", name[i]) != NULL)
			return false;
	return n > 0 && n <= 255 && name[n - 1] != '.' && name[n - 1] != ' ' &&
		!is_device(name);
}

char *disk_size_text(uint64_t n_bytes)
{
	static const struct { double bytes; const char *unit; } units[] = {
		{ 1e9, "GB" }, { 1e6, "MB" }, { 1e3, "KB" },
	};

	for (int i = 0; i < 3; i++)
		if ((double)n_bytes >= units[i].bytes)
			return str_format("%.1f %s",
				(double)n_bytes / units[i].bytes,
				units[i].unit);
	return str_format("%u B", (unsigned)n_bytes);
}
