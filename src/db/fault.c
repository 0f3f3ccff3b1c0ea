#include "config.h"

#include <signal.h>
#include <sqlite3.h>
#include <string.h>

#include "db/db.h"
#include "db/fault.h"

/* The real file lies behind ours, in the same memory (szOsFile). */
struct fault_file {
	sqlite3_file base;
	sqlite3_io_methods methods;
};

static sqlite3_vfs fault_vfs;
static sqlite3_vfs *real_vfs;
static unsigned fail_at, n_done;
static bool kills;		/* instead of failing */

static sqlite3_file *real_file(sqlite3_file *file)
{
	return (sqlite3_file *)((struct fault_file *)file + 1);
}

static bool fails_now(void)
{
	if (fail_at == 0 || ++n_done != fail_at)
		return false;
	if (kills)
		raise(SIGKILL);
	return true;
}

static int fault_close(sqlite3_file *file)
{
	return real_file(file)->pMethods->xClose(real_file(file));
}

static int fault_read(sqlite3_file *file, void *to, int n, sqlite3_int64 at)
{
	return real_file(file)->pMethods->xRead(real_file(file), to, n, at);
}

static int fault_write(sqlite3_file *file, const void *from, int n,
	sqlite3_int64 at)
{
	if (fails_now())
		return SQLITE_FULL;
	return real_file(file)->pMethods->xWrite(real_file(file), from, n, at);
}

static int fault_truncate(sqlite3_file *file, sqlite3_int64 size)
{
	return real_file(file)->pMethods->xTruncate(real_file(file), size);
}

static int fault_sync(sqlite3_file *file, int flags)
{
	if (fails_now())
		return SQLITE_IOERR_FSYNC;
	return real_file(file)->pMethods->xSync(real_file(file), flags);
}

static int fault_size(sqlite3_file *file, sqlite3_int64 *size)
{
	return real_file(file)->pMethods->xFileSize(real_file(file), size);
}

static int fault_lock(sqlite3_file *file, int kind)
{
	return real_file(file)->pMethods->xLock(real_file(file), kind);
}

static int fault_unlock(sqlite3_file *file, int kind)
{
	return real_file(file)->pMethods->xUnlock(real_file(file), kind);
}

static int fault_reserved(sqlite3_file *file, int *result)
{
	return real_file(file)->pMethods->xCheckReservedLock(real_file(file),
		result);
}

static int fault_control(sqlite3_file *file, int op, void *argument)
{
	return real_file(file)->pMethods->xFileControl(real_file(file), op,
		argument);
}

static int fault_sector(sqlite3_file *file)
{
	return real_file(file)->pMethods->xSectorSize(real_file(file));
}

static int fault_traits(sqlite3_file *file)
{
	return real_file(file)->pMethods->xDeviceCharacteristics(
		real_file(file));
}

static int fault_shm_map(sqlite3_file *file, int page, int size, int extend,
	void volatile **out)
{
	return real_file(file)->pMethods->xShmMap(real_file(file), page, size,
		extend, out);
}

static int fault_shm_lock(sqlite3_file *file, int at, int n, int flags)
{
	return real_file(file)->pMethods->xShmLock(real_file(file), at, n,
		flags);
}

static void fault_shm_barrier(sqlite3_file *file)
{
	real_file(file)->pMethods->xShmBarrier(real_file(file));
}

static int fault_shm_unmap(sqlite3_file *file, int remove)
{
	return real_file(file)->pMethods->xShmUnmap(real_file(file), remove);
}

static const sqlite3_io_methods all_methods = {
	2,	/* with shared memory, without mapped reading */
	fault_close, fault_read, fault_write, fault_truncate, fault_sync,
	fault_size, fault_lock, fault_unlock, fault_reserved, fault_control,
	fault_sector, fault_traits,
	fault_shm_map, fault_shm_lock, fault_shm_barrier, fault_shm_unmap,
	NULL, NULL,
};

static int fault_open(sqlite3_vfs *vfs, const char *name, sqlite3_file *file,
	int flags, int *flags_out)
{
	struct fault_file *ours = (struct fault_file *)file;
	int status;

	(void)vfs;
	memset(ours, 0, sizeof *ours);
	status = real_vfs->xOpen(real_vfs, name, real_file(file), flags,
		flags_out);
	if (real_file(file)->pMethods == NULL)
		return status;
	ours->methods = all_methods;
	if (real_file(file)->pMethods->iVersion < 2)
		ours->methods.iVersion = 1;
	ours->base.pMethods = &ours->methods;
	return status;
}

const char *db_fault_vfs(void)
{
	return real_vfs != NULL ? fault_vfs.zName : NULL;
}

void db_fail_nth(unsigned n)
{
	fail_at = n;
	n_done = 0;
	kills = false;
	if (real_vfs != NULL)
		return;
	real_vfs = sqlite3_vfs_find(NULL);
	if (real_vfs == NULL)
		return;
	fault_vfs = *real_vfs;
	fault_vfs.zName = "bayaz-fault";
	fault_vfs.pNext = NULL;
	fault_vfs.szOsFile = (int)sizeof(struct fault_file) +
		real_vfs->szOsFile;
	fault_vfs.xOpen = fault_open;
	sqlite3_vfs_register(&fault_vfs, 0);
}

void db_kill_nth(unsigned n)
{
	db_fail_nth(n);
	kills = true;
}
