/* Texts: what a person reads, with its media and, on request, its formatting. */
#include "config.h"

#include "base/mem.h"
#include "engine/op.h"
#include "session/rich.h"

static struct json *rich_json(const struct rich *items)
{
	struct json *list = js_new_array();

	for (; items != NULL; items = items->next) {
		struct json *o;

		if (items->tag == NULL) {
			js_add(list, js_new_text(items->text));
			continue;
		}
		o = js_new_object();
		js_put_text(o, "tag", items->tag);
		if (items->href != NULL)
			js_put_text(o, "href", items->href);
		if (items->n_styles > 0) {
			struct json *style = js_new_object();

			for (unsigned i = 0; i < items->n_styles; i++)
				js_put_text(style, items->styles[i].name,
					items->styles[i].value);
			js_put(o, "style", style);
		}
		if (items->children != NULL)
			js_put(o, "children", rich_json(items->children));
		js_add(list, o);
	}
	return list;
}

static void put_pieces(struct json *to, struct arena *arena,
	const struct text_pieces *pieces, bool rich)
{
	struct str all = STR_INIT;

	for (size_t i = 0; i < pieces->n; i++)
		str_add(&all, pieces->items[i].text);
	js_put_text(to, "text", all.data);
	str_release(&all);
	if (rich)
		js_put(to, "rich", rich_json(rich_read(arena, pieces->items,
			pieces->n)));
}

struct json *text_json_plain(const char *text, bool rich)
{
	struct json *o = js_new_object();
	struct text_piece piece = { text, false };
	struct text_pieces pieces = { &piece, 1 };
	struct arena *arena = arena_new();

	put_pieces(o, arena, &pieces, rich);
	arena_free(arena);
	return o;
}

struct json *text_json_of_form(struct session *s, struct node *context,
	const struct xf_text *text, enum xf_form_of_text form, bool rich)
{
	struct arena *arena = arena_new();
	struct text_pieces pieces;
	struct json *o = NULL;

	if (session_text_pieces(s, context, text, form, arena, &pieces)) {
		o = js_new_object();
		put_pieces(o, arena, &pieces, rich);
	}
	arena_free(arena);
	return o;
}

struct json *text_json(struct session *s, struct node *context,
	const struct xf_text *text, bool rich)
{
	static const struct { const char *name; enum xf_form_of_text form; }
	others[] = {
		{ "short", XF_TEXT_SHORT },
		{ "image", XF_TEXT_IMAGE }, { "big_image", XF_TEXT_BIG_IMAGE },
		{ "audio", XF_TEXT_AUDIO }, { "video", XF_TEXT_VIDEO },
	};
	struct json *o = text_json_of_form(s, context, text, XF_TEXT_PLAIN,
		rich);

	for (size_t i = 0; i < sizeof others / sizeof *others; i++) {
		char *url = text->itext != NULL || text->itext_id != NULL ?
			session_text(s, context, text, others[i].form) : NULL;

		if (url != NULL && o == NULL)
			o = js_new_object();
		if (url != NULL)
			js_put_text(o, others[i].name, url);
		free(url);
	}
	return o;
}
