/* The first start: three screens, and who was new has a workspace. */
#include "config.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "base/gettext.h"
#include "base/mem.h"
#include "cmd/home.h"
#include "cmd/secret.h"

enum way { WAY_LEAVE, WAY_KIT, WAY_ALONE };

/* 1: what this is, and what there is to begin with. */
static enum way choose_way(struct home *h)
{
	const struct picking picking = { _("Welcome to bayaz"), "1/3 ",
		_("Arrows, then Enter"), NULL, "q" };
	struct pick_lines lines = { NULL, 0, 0 };
	static const enum way ways[] = { WAY_KIT, WAY_ALONE, WAY_LEAVE };
	enum picked picked;
	uint32_t letter;
	size_t at = 2;

	pick_add_heading(&lines, xstrdup(_("Here you fill in forms, without "
		"network. Each answer is kept at once, and locked with your "
		"passphrase.")), 0);
	pick_add_heading(&lines, xstrdup(""), 0);
	pick_add(&lines, xstrdup(_("I have a kit from my coordinator")), 0);
	pick_add(&lines, xstrdup(_("I begin on my own, or want to try it")), 0);
	pick_add(&lines, xstrdup(_("Leave")), 0);
	do
		picked = panel_pick(&h->panel, &picking, &lines, &at, &letter);
	while (picked == PICKED_CONTROL && letter != 'c');
	pick_release(&lines);
	return picked == PICKED_LINE ? ways[at - 2] : WAY_LEAVE;
}

/* 2: the passphrase, twice.  False: left. */
static bool choose_passphrase(struct home *h, struct str *out)
{
	const char *text = _("Choose a passphrase: some words that you can "
		"remember and nobody can guess. Type it now; you will be "
		"asked for it each time.\nNobody can open your answers without "
		"it, and nobody can give it back to you: if you forget it, "
		"what was not packed is lost.");
	struct str again = STR_INIT;
	bool same = false;

	while (!same && h->panel.over == PANEL_OPEN) {
		str_wipe(out);
		str_wipe(&again);
		if (!panel_type_secret(&h->panel, _("Your passphrase (2/3)"),
				text, out))
			break;
		if (out->len == 0)
			continue;
		h->panel.note = NULL;
		if (!panel_type_secret(&h->panel, _("Your passphrase (2/3)"),
				_("The same once more, to be sure."), &again))
			continue;
		same = strcmp(out->data, again.data) == 0;
		h->panel.note = same ? NULL : _("these were not the same: "
			"once more, please");
	}
	str_wipe(&again);
	return same;
}

/* --- with a kit --- */

/* The kit, its words, the worker's code.  False: left. */
struct kit_given { char *path; struct str words, code; };

static bool ask_kit(struct home *h, struct kit_given *kit)
{
	kit->path = home_choose_file(h, _("Where is the kit? (3/3)"), ".bayaz",
		NULL);
	if (kit->path == NULL)
		return false;
	return panel_type_secret(&h->panel, _("The eight words of the kit"),
			_("Your coordinator gave them to you on paper or told "
			"you. Type them with a blank between."), &kit->words) &&
		panel_type(&h->panel, _("Your code, such as KP-031 (if you "
			"have none, just Enter)"), "", &kit->code);
}

static void release_kit(struct kit_given *kit)
{
	free(kit->path);
	str_wipe(&kit->words);
	str_wipe(&kit->code);
}

/* `passphrase` is of the workspace to be made; NULL: there is one. */
static bool join(struct home *h, const struct kit_given *kit,
	const struct str *passphrase)
{
	const char *words[10] = { "join", kit->path };
	int words_fd = -1, passphrase_fd = -1;
	char *words_path = home_secret_path(&kit->words, &words_fd);
	char *passphrase_path = NULL;
	size_t n = 2;
	bool ok;

	if (words_path != NULL) {
		words[n++] = "--words-file";
		words[n++] = words_path;
	}
	if (passphrase != NULL)
		passphrase_path = home_secret_path(passphrase, &passphrase_fd);
	if (passphrase_path != NULL) {
		words[n++] = "--passphrase-file";
		words[n++] = passphrase_path;
	}
	if (kit->code.len > 0) {
		words[n++] = "--name";
		words[n++] = kit->code.data;
	}
	words[n] = NULL;
	ok = home_run(h, _("The kit"), words);
	if (words_fd >= 0)
		close(words_fd);
	if (passphrase_fd >= 0)
		close(passphrase_fd);
	free(words_path);
	free(passphrase_path);
	return ok;
}

void home_join(struct home *h)
{
	struct kit_given kit = { NULL, STR_INIT, STR_INIT };

	if (h->panel.term != NULL) {
		if (ask_kit(h, &kit))
			join(h, &kit, NULL);
	} else {
		/* in lines the command asks for the words itself */
		kit.path = home_choose_file(h, _("Where is the kit?"),
			".bayaz", NULL);
		if (kit.path != NULL)
			home_run(h, NULL, (const char *const[]){ "join",
				kit.path, NULL });
	}
	release_kit(&kit);
}

/* --- alone --- */

/* 3, alone: a form to begin with.  None is fine, too. */
static void add_form(struct home *h)
{
	char *file = home_choose_file(h, _("A form to begin with (3/3)"),
		".xml", PKGDATADIR "/forms");

	if (file != NULL && home_run(h, NULL, (const char *const[]){ "form",
			"add", file, NULL }))
		home_say(h, "%s", _("this is where you begin: Enter on the "
			"form, or ? for help"));
	free(file);
}

static bool begin_alone(struct home *h, const struct str *passphrase,
	struct err *err)
{
	if (h->panel.term == NULL)
		h->iv.ws = cmd_workspace_make(h->args, err);
	else if (workspace_create(h->folder, passphrase->data, err))
		h->iv.ws = workspace_open(h->folder, passphrase->data, err);
	if (h->iv.ws != NULL)
		add_form(h);
	return h->iv.ws != NULL;
}

/* 3: the kit.  It is asked for until it opens, or is left. */
static bool begin_with_kit(struct home *h, const struct str *passphrase,
	struct err *err)
{
	bool joined = false, is_left = false;

	if (h->panel.term == NULL) {
		home_join(h);
		h->iv.ws = workspace_exists(h->folder) ?
			cmd_workspace_open(h->args, err) : NULL;
		return h->iv.ws != NULL;
	}
	while (!joined && !is_left && h->panel.over == PANEL_OPEN) {
		struct kit_given kit = { NULL, STR_INIT, STR_INIT };

		is_left = !ask_kit(h, &kit);
		joined = !is_left && join(h, &kit, passphrase);
		release_kit(&kit);
	}
	if (joined)
		h->iv.ws = workspace_open(h->folder, passphrase->data, err);
	return h->iv.ws != NULL;
}

bool home_first(struct home *h, struct err *err)
{
	struct str passphrase = STR_INIT;
	enum way way = WAY_LEAVE;

	while (h->iv.ws == NULL && h->panel.over == PANEL_OPEN &&
			err->code == ERR_NONE &&
			(way = choose_way(h)) != WAY_LEAVE) {
		if (h->panel.term != NULL && !choose_passphrase(h, &passphrase))
			continue;
		if (!(way == WAY_KIT ? begin_with_kit(h, &passphrase, err) :
				begin_alone(h, &passphrase, err)))
			continue;
	}
	str_wipe(&passphrase);
	return h->iv.ws != NULL;
}
