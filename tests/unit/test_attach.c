/* Files that come in from outside: whole, as they were, and in restricted
 * forms without what a camera tells.  The pictures were made by cjpeg,
 * ImageMagick and ExifTool; what they must not tell holds the word CANARY. */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <cmocka.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/file.h"
#include "base/mem.h"
#include "field/local.h"
#include "field/strip.h"
#include "session/audit.h"

enum { MAX_PICTURE = 1 << 20 };
#define SECRET "CANARY"

/* --- reading, with something happening meanwhile --- */

static void (*meanwhile)(void);		/* at the second read of a file */
static int n_reads;

/* In the place of the library's. */
ssize_t read(int fd, void *buffer, size_t n)
{
	if (meanwhile != NULL && ++n_reads == 2)
		meanwhile();
	return (ssize_t)syscall(SYS_read, fd, buffer, n);
}

/* --- pictures --- */

static void read_picture(const char *name, struct str *out)
{
	const char *top = getenv("top_srcdir");
	char *path = str_format("%s/tests/fuzz/seeds/strip/%s",
		top != NULL ? top : ".", name);
	struct err err = ERR_INIT;

	assert_true(file_read(path, MAX_PICTURE, out, &err));
	free(path);
}

struct bytes { const char *at; size_t n, step; };

static bool from_bytes(void *context, void *buffer, size_t size, size_t *n,
	struct err *err)
{
	struct bytes *from = context;

	(void)err;
	*n = size < from->n ? size : from->n;
	if (*n > from->step)
		*n = from->step;
	memcpy(buffer, from->at, *n);
	from->at += *n;
	from->n -= *n;
	return true;
}

static bool strip(const char *bytes, size_t n_bytes, size_t step,
	struct str *out, struct err *err)
{
	struct bytes from = { bytes, n_bytes, step };
	struct strip *strip = strip_new(from_bytes, &from, "x.jpg");
	char buffer[300];
	size_t n = 1;
	bool ok = true;

	while (ok && n > 0) {
		ok = strip_read(strip, buffer, sizeof buffer, &n, err);
		str_addn(out, buffer, ok ? n : 0);
	}
	assert_true(!ok || from.n == 0);	/* all of it was looked at */
	strip_free(strip);
	return ok;
}

static unsigned big(const uint8_t *at, int n)
{
	unsigned number = 0;

	while (n-- > 0)
		number = number << 8 | *at++;
	return number;
}

/* What a decoder reads, found in another way than the program finds it: by
 * looking for what is no metadata. */
static void jpeg_data(const uint8_t *at, size_t n, struct str *data)
{
	size_t i = 2;

	while (i + 2 <= n) {
		unsigned marker, length;

		if (at[i] != 0xff || at[i + 1] == 0 || at[i + 1] == 0xff ||
				(at[i + 1] >= 0xd0 && at[i + 1] <= 0xd7)) {
			if (at[i] != 0xff || at[i + 1] != 0xff)
				str_addc(data, (char)at[i]);
			i++;		/* of a scan */
			continue;
		}
		marker = at[i + 1];
		if (marker == 0xd9)
			return;
		assert_true(i + 4 <= n);
		length = big(at + i + 2, 2) + 2;
		if (marker < 0xe0)
			str_addn(data, at + i, length);
		i += length;
	}
}

static void png_data(const uint8_t *at, size_t n, struct str *data)
{
	for (size_t i = 8; i + 12 <= n; i += big(at + i, 4) + 12)
		if (at[i + 4] <= 'Z' || memcmp(at + i + 4, "tRNS", 4) == 0)
			str_addn(data, at + i, big(at + i, 4) + 12);
}

static void picture_data(const struct str *picture, struct str *data)
{
	const uint8_t *at = (const uint8_t *)picture->data;

	if (at[0] == 0xff)
		jpeg_data(at, picture->len, data);
	else
		png_data(at, picture->len, data);
}

static bool has(const struct str *bytes, const char *what, size_t n)
{
	return memmem(bytes->data, bytes->len, what, n) != NULL;
}

/* Of a picture that has nothing else to say. */
static unsigned turn_of(const struct str *picture)
{
	static const char tag[] = "\x01\x12\x00\x03\x00\x00\x00\x01\x00";
	const char *at = memmem(picture->data, picture->len, tag, 9);

	return at != NULL ? (unsigned)at[9] : 1;
}

static const struct { const char *name; unsigned turn; } pictures[] = {
	{ "plain.jpg", 1 }, { "progressive.jpg", 1 }, { "restart.jpg", 1 },
	{ "arithmetic.jpg", 1 }, { "scans.jpg", 1 }, { "cmyk.jpg", 1 },
	{ "thumbnail.jpg", 1 }, { "phone.jpg", 6 }, { "turned.jpg", 3 },
	{ "plain.png", 1 }, { "palette.png", 1 }, { "alpha.png", 1 },
	{ "phone.png", 8 },
};
enum { N_PICTURES = sizeof pictures / sizeof pictures[0] };

static void check_picture(const char *name, unsigned turn, size_t step)
{
	struct str in = STR_INIT, out = STR_INIT, again = STR_INIT;
	struct str before = STR_INIT, after = STR_INIT;
	struct err err = ERR_INIT;

	read_picture(name, &in);
	assert_true(strip(in.data, in.len, step, &out, &err));
	picture_data(&in, &before);
	picture_data(&out, &after);
	assert_true(before.len > 100);
	assert_int_equal(before.len, after.len);
	assert_memory_equal(before.data, after.data, before.len);
	assert_int_equal(turn_of(&out), turn);
	assert_false(has(&out, SECRET, 6));
	assert_false(has(&out, "Text", 4));
	assert_false(has(&out, "tIME", 4));
	assert_false(has(&out, "ICC", 3));
	assert_true(strip(out.data, out.len, step, &again, &err));
	assert_int_equal(again.len, out.len);
	assert_memory_equal(again.data, out.data, out.len);
	str_release(&in);
	str_release(&out);
	str_release(&again);
	str_release(&before);
	str_release(&after);
}

static void a_picture_stays_and_what_it_tells_goes(void **state)
{
	struct str phone = STR_INIT;

	(void)state;
	read_picture("phone.jpg", &phone);	/* the test can fail */
	assert_true(has(&phone, SECRET, 6) && has(&phone, "ICC", 3));
	str_release(&phone);
	for (int i = 0; i < N_PICTURES; i++) {
		check_picture(pictures[i].name, pictures[i].turn, 1);
		check_picture(pictures[i].name, pictures[i].turn, 777);
		check_picture(pictures[i].name, pictures[i].turn, 1 << 20);
	}
}

static void a_picture_that_is_cut_short_is_refused(void **state)
{
	static const char *const names[] = { "plain.jpg", "progressive.jpg",
		"restart.jpg", "plain.png", "palette.png" };

	(void)state;
	for (int i = 0; i < 5; i++) {
		struct str in = STR_INIT;

		read_picture(names[i], &in);
		for (size_t n = 0; n < in.len; n++) {
			struct str out = STR_INIT;
			struct err err = ERR_INIT;

			assert_false(strip(in.data, n, 1 << 20, &out, &err));
			assert_int_equal(err.code, n < (i < 3 ? 3 : 8) ?
				ERR_REFUSED : ERR_VALUE);
			str_release(&out);
		}
		str_release(&in);
	}
}

static void what_is_no_picture_is_refused(void **state)
{
	static const struct { const char *bytes; size_t n; } others[] = {
		{ "", 0 }, { "GIF89a", 6 }, { "\0\0\0\x18" "ftypheic", 12 },
		{ "RIFF\0\0\0\0WAVE", 12 }, { "%PDF-1.7", 8 },
		{ "<svg/>", 6 }, { "\x89PNG\r\n\x1a ", 8 },
	};
	static const struct { const char *bytes; size_t n; } broken[] = {
		{ "\xff\xd8\xff\xd9", 4 },		/* no scan */
		{ "\xff\xd8\xff\xd8", 4 },
		{ "\xff\xd8\xff\xda\0\1", 6 },		/* length 1 */
		{ "\xff\xd8\xff\xf7\0\2\xff\xd9", 8 },	/* JPEG-LS */
		{ "\xff\xd8\xff\xe0\0\2x", 7 },
		{ "\x89PNG\r\n\x1a\n\xff\xff\xff\xff" "IDAT", 16 },
		{ "\x89PNG\r\n\x1a\n\0\0\0\1" "gAMa\0\0\0\0\0", 21 },
		{ "\x89PNG\r\n\x1a\n\0\0\0\0" "IEND\0\0\0\0", 20 },
		{ "\x89PNG\r\n\x1a\n\0\0\0\0" "CgBI\0\0\0\0", 20 },
		{ "\x89PNG\r\n\x1a\n\0\0\0\5" "gAMA", 16 },
	};

	(void)state;
	for (size_t i = 0; i < 7; i++) {
		struct str out = STR_INIT;
		struct err err = ERR_INIT;

		assert_false(strip(others[i].bytes, others[i].n, 99, &out,
			&err));
		assert_int_equal(err.code, ERR_REFUSED);
		str_release(&out);
	}
	for (size_t i = 0; i < 10; i++) {
		struct str out = STR_INIT;
		struct err err = ERR_INIT;

		assert_false(strip(broken[i].bytes, broken[i].n, 99, &out,
			&err));
		assert_int_equal(err.code, ERR_VALUE);
		str_release(&out);
	}
}

/* --- a workspace --- */

#define FORM(id, class_) \
	"<h:html xmlns=\"http://www.w3.org/2002/xforms\"" \
	" xmlns:h=\"http://www.w3.org/1999/xhtml\"" \
	" xmlns:bayaz=\"urn:x-bayaz:forms\">" \
	"<h:head><h:title>T</h:title><model><instance>" \
	"<data id=\"" id "\" version=\"1\" bayaz:class=\"" class_ "\"><a/>" \
	"</data></instance><bind nodeset=\"/data/a\" type=\"binary\"/>" \
	"</model></h:head><h:body><upload ref=\"/data/a\"" \
	" mediatype=\"image/*\"><label>A</label></upload></h:body></h:html>"

static char folder[64];
static struct workspace *ws;
static struct record *standard, *restricted;

static struct record *begin(const char *xml)
{
	struct err err = ERR_INIT;
	struct form_info form;
	struct record *record;

	assert_true(forms_add(ws, xml, strlen(xml), "form.xml", NULL, 0,
		&form, NULL, &err));
	record = record_new(ws, &form, 0, &err);
	assert_non_null(record);
	form_info_release(&form);
	return record;
}

static int make_workspace(void **state)
{
	struct err err = ERR_INIT;

	(void)state;
	snprintf(folder, sizeof folder, "/tmp/bayaz-attach-XXXXXX");
	if (mkdtemp(folder) == NULL ||
			!workspace_create(folder, NULL, &err) ||
			(ws = workspace_open(folder, NULL, &err)) == NULL)
		return -1;
	standard = begin(FORM("s", "standard"));
	restricted = begin(FORM("r", "restricted"));
	return 0;
}

static int remove_workspace(void **state)
{
	char *command = str_format("rm -rf '%s'", folder);
	int status;

	(void)state;
	meanwhile = NULL;
	record_close(standard);
	record_close(restricted);
	workspace_close(ws);
	status = system(command);
	free(command);
	return status;
}

static char *in_folder(const char *name)
{
	return path_join(folder, name);
}

static void write_file(const char *name, const char *bytes, size_t n)
{
	char *path = in_folder(name);
	struct err err = ERR_INIT;

	assert_true(file_write(path, bytes, n, 0600, &err));
	free(path);
}

static int64_t count(const char *table)
{
	char *sql = str_format("SELECT count(*) FROM %s", table);
	struct err err = ERR_INIT;
	int64_t n = -1;

	assert_true(db_number(ws->db, sql, &n, &err));
	free(sql);
	return n;
}

/* It is an error of that kind, and nothing of it is kept. */
static void assert_refused(struct record *record, const char *name,
	enum err_code code)
{
	char *path = in_folder(name);
	struct err err = ERR_INIT;

	assert_false(record_attach(record, "a.jpg", path, &err));
	assert_int_equal(err.code, code);
	assert_non_null(strstr(err.message, name));
	assert_int_equal(record_head(record)->n_attachments, 0);
	assert_int_equal(count("file"), 0);
	assert_int_equal(count("chunk"), 0);
	free(path);
}

static void assert_attached(struct record *record, const char *name,
	struct str *kept)
{
	char *path = in_folder(name);
	struct err err = ERR_INIT;

	if (!record_attach(record, "a.jpg", path, &err))
		fail_msg("%s", err.message);
	assert_true(files_read(ws, record_head(record)->attachments[0].file,
		MAX_PICTURE, kept, &err));
	free(path);
}

static void only_restricted_forms_take_it_out(void **state)
{
	struct str phone = STR_INIT, kept = STR_INIT, bare = STR_INIT;

	(void)state;
	read_picture("phone.jpg", &phone);
	write_file("photo.jpg", phone.data, phone.len);
	assert_attached(standard, "photo.jpg", &kept);
	assert_int_equal(kept.len, phone.len);
	assert_memory_equal(kept.data, phone.data, kept.len);
	assert_attached(restricted, "photo.jpg", &bare);
	assert_false(has(&bare, SECRET, 6));
	assert_int_equal(count("file"), 2);
	str_release(&phone);
	str_release(&kept);
	str_release(&bare);
}

static void restricted_forms_take_pictures_only(void **state)
{
	static const char audit[] = "event,node,start,end\n";
	struct str out = STR_INIT;
	struct err err = ERR_INIT;
	char *path = in_folder(AUDIT_FILE);

	(void)state;
	write_file("voice.m4a", "\0\0\0\x18" "ftypM4A ", 12);
	assert_refused(restricted, "voice.m4a", ERR_REFUSED);
	write_file("half.jpg", "\xff\xd8\xff\xda\0\2abc", 9);
	assert_refused(restricted, "half.jpg", ERR_VALUE);
	assert_attached(standard, "voice.m4a", &out);
	write_file(AUDIT_FILE, audit, sizeof audit - 1);
	assert_true(record_attach(restricted, AUDIT_FILE, path, &err));
	free(path);
	str_release(&out);
}

static void what_is_no_file_is_an_error(void **state)
{
	char *fifo = in_folder("fifo"), *loop = in_folder("loop");
	char *link = in_folder("device"), *below = in_folder("below");

	(void)state;
	assert_int_equal(mkfifo(fifo, 0600), 0);
	assert_int_equal(symlink("loop", loop), 0);
	assert_int_equal(symlink("/dev/zero", link), 0);
	assert_int_equal(mkdir(below, 0700), 0);
	assert_refused(standard, "fifo", ERR_IO);
	assert_refused(standard, "loop", ERR_IO);
	assert_refused(standard, "device", ERR_IO);
	assert_refused(standard, "below", ERR_IO);
	assert_refused(standard, "gone.jpg", ERR_IO);
	free(fifo);
	free(loop);
	free(link);
	free(below);
}

static void a_file_that_may_not_be_read_is_an_error(void **state)
{
	char *path = in_folder("closed.jpg");

	(void)state;
	write_file("closed.jpg", "x", 1);
	assert_int_equal(chmod(path, 0), 0);
	if (access(path, R_OK) == 0) {
		free(path);
		skip();			/* root reads everything */
	}
	assert_refused(standard, "closed.jpg", ERR_IO);
	free(path);
}

static void more_than_a_bundle_takes_is_a_limit(void **state)
{
	char *path = in_folder("film.mp4");

	(void)state;
	write_file("film.mp4", "x", 1);
	if (truncate(path, (off_t)1 << 33) != 0) {
		free(path);
		skip();			/* no such files on this disk */
	}
	assert_refused(standard, "film.mp4", ERR_LIMIT);
	free(path);
}

/* --- changes meanwhile --- */

static void write_at(const char *path, off_t at, char byte)
{
	int fd = open(path, O_WRONLY);

	assert_true(fd >= 0);
	assert_int_equal(pwrite(fd, &byte, 1, at), 1);
	close(fd);
}

static char changing[80];
static struct timespec times[2];

static void grow(void) { write_at(changing, 200000, 'x'); }
static void shrink(void) { assert_int_equal(truncate(changing, 100000), 0); }
static void change(void) { write_at(changing, 10, 'x'); }
static void vanish(void) { assert_int_equal(unlink(changing), 0); }

/* As on a file system with coarse times: nothing but the bytes tells. */
static void change_secretly(void)
{
	change();
	assert_int_equal(utimensat(AT_FDCWD, changing, times, 0), 0);
}

static void begin_change(void (*what)(void))
{
	char *bytes = xcalloc(1, 150000);

	snprintf(changing, sizeof changing, "%s/changing", folder);
	write_file("changing", bytes, 150000);
	free(bytes);
	times[0].tv_nsec = times[1].tv_nsec = UTIME_NOW;
	n_reads = 0;
	meanwhile = what;
}

static void a_file_that_changes_meanwhile_is_an_error(void **state)
{
	void (*const changes[])(void) = { grow, shrink, change,
		change_secretly };

	(void)state;
	for (int i = 0; i < 4; i++) {
		begin_change(changes[i]);
		assert_refused(standard, "changing", ERR_IO);
	}
}

/* Its name may go: what was opened is whole. */
static void a_file_that_vanishes_meanwhile_is_whole_or_an_error(void **state)
{
	struct err err = ERR_INIT;

	(void)state;
	begin_change(vanish);
	if (record_attach(standard, "a", changing, &err))
		assert_int_equal(record_head(standard)->attachments[0].
			size_bytes, 150000);
	else
		assert_int_equal(count("file"), 0);
}

int main(void)
{
#define WITH_WORKSPACE(test) \
	cmocka_unit_test_setup_teardown(test, make_workspace, remove_workspace)
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_picture_stays_and_what_it_tells_goes),
		cmocka_unit_test(a_picture_that_is_cut_short_is_refused),
		cmocka_unit_test(what_is_no_picture_is_refused),
		WITH_WORKSPACE(only_restricted_forms_take_it_out),
		WITH_WORKSPACE(restricted_forms_take_pictures_only),
		WITH_WORKSPACE(what_is_no_file_is_an_error),
		WITH_WORKSPACE(a_file_that_may_not_be_read_is_an_error),
		WITH_WORKSPACE(more_than_a_bundle_takes_is_a_limit),
		WITH_WORKSPACE(a_file_that_changes_meanwhile_is_an_error),
		WITH_WORKSPACE(
			a_file_that_vanishes_meanwhile_is_whole_or_an_error),
	};
	struct err err = ERR_INIT;

	return crypt_init(&err) ?
		cmocka_run_group_tests(tests, NULL, NULL) : 1;
}
