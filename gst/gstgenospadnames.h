/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* The numbers of an element's pads, counted for each of its templates. Under the owner's lock. */
typedef struct {
  guint video;
  guint audio;
  guint data;
  guint any;
} GstGenosPadNames;

/* @format: the name of a template, like "video_%u". (transfer full) */
char *gst_genos_pad_names_next (GstGenosPadNames *self, const char *format);

G_END_DECLS
